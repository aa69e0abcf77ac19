package dev.capstan.pipeline.evidence;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which images the result gives another class than the original.
 *
 * @param images how many were compared
 * @param labelled whether they have labels, by which right and wrong are told
 * @param changed how many got another class
 * @param worse classes of which fewer images are right, without labels fewer are what they were;
 *     the worst first
 * @param examples some of the images
 */
public record ClassChanges(
    int images, boolean labelled, int changed, List<ClassRow> worse, List<ChangedImage> examples) {
  /** Copies the lists. */
  public ClassChanges {
    worse = List.copyOf(worse);
    examples = List.copyOf(examples);
  }

  /**
   * A class.
   *
   * @param images with this label, without labels those that the original gives this class
   * @param before how many of them the original gives it
   * @param after how many the result does
   */
  public record ClassRow(String name, int images, int before, int after) {}

  /**
   * An image.
   *
   * @param label its own class, null without labels
   * @param before the class that the original gives it
   * @param after the one that the result does
   * @param png a small picture of what the networks see, in Base64; null where that was not asked
   *     for
   */
  public record ChangedImage(
      String name, @Nullable String label, String before, String after, @Nullable String png) {}
}
