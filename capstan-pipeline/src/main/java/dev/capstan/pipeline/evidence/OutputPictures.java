package dev.capstan.pipeline.evidence;

import dev.capstan.data.ImageSubset;
import dev.capstan.graph.Constant;
import dev.capstan.graph.Graph;
import dev.capstan.graph.Shape;
import dev.capstan.pipeline.input.Session;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Draws outputs that are pictures, of the original and of the result. */
final class OutputPictures {
  private static final int IMAGES = 2;
  private static final int OUTPUTS = 2;
  private static final int SIDE = 128;
  private static final int SMALLEST = 8;

  private final Session session;

  OutputPictures(Session session) {
    this.session = session;
  }

  List<PictureRow> of(Graph result) {
    Graph original = session.source().folded();
    ImageSubset images = session.scorer().compared().sample(IMAGES, 0);
    if (session.input().classifies() || images.isEmpty()) {
      return List.of();
    }
    Map<String, List<Constant>> before = outputs(original, images);
    Map<String, List<Constant>> after = outputs(result, images);
    List<PictureRow> rows = new ArrayList<>();
    before.forEach(
        (name, wanted) -> {
          for (int i = 0; i < wanted.size() && rows.size() < IMAGES * OUTPUTS; i++) {
            List<Constant> found = after.getOrDefault(name, List.of());
            if (i < found.size() && Drawn.isPicture(wanted.get(i), leastSide(original))) {
              String image = images.dataset().name(images.indices()[i]);
              rows.add(new Drawn(wanted.get(i), found.get(i)).row(image, name));
            }
          }
        });
    return rows;
  }

  /** Half of what goes in: a smaller map is a step on the way, not what one looks at. */
  private static int leastSide(Graph graph) {
    Shape input = graph.inputs().get(0).type().shape();
    boolean isPicture = input.rank() == 4 && input.dims().get(2).isKnown();
    return isPicture ? (int) Math.max(SMALLEST, input.size(2) / 2) : SMALLEST;
  }

  private Map<String, List<Constant>> outputs(Graph graph, ImageSubset images) {
    Map<String, List<Constant>> all = new LinkedHashMap<>();
    for (int index : images.indices()) {
      ImageSubset one = ImageSubset.of(images.store(), index);
      session.torch().run(graph, one, "pictures for the page", (batch, given) -> add(all, given));
    }
    return all;
  }

  private static void add(Map<String, List<Constant>> all, Map<String, Constant> given) {
    given.forEach((name, value) -> all.computeIfAbsent(name, key -> new ArrayList<>()).add(value));
  }

  /** One output of one image, 1 x channels x height x width. */
  private record Drawn(Constant wanted, Constant found) {
    static boolean isPicture(Constant output, int leastSide) {
      return output.rank() == 4
          && output.size(0) == 1
          && (output.size(1) == 1 || output.size(1) == 3)
          && Math.min(output.size(2), output.size(3)) >= leastSide
          && output.type().isFloating();
    }

    PictureRow row(String image, String output) {
      float[] before = wanted.floats();
      float[] after = found.floats();
      float least = Float.POSITIVE_INFINITY;
      float most = Float.NEGATIVE_INFINITY;
      float[] difference = new float[before.length];
      for (int i = 0; i < before.length; i++) {
        least = Math.min(least, before[i]);
        most = Math.max(most, before[i]);
        difference[i] = Math.abs(after[i] - before[i]);
      }
      return new PictureRow(
          image,
          output,
          png(before, least, most),
          png(after, least, most),
          png(difference, 0, most - least));
    }

    private String png(float[] values, float least, float most) {
      int height = (int) wanted.size(2);
      int width = (int) wanted.size(3);
      int plane = wanted.size(1) == 3 ? height * width : 0;
      float range = most > least ? most - least : 1;
      return SmallPicture.png(
          width,
          height,
          SIDE,
          (x, y) -> {
            int at = y * width + x;
            return level(values[at], least, range) << 16
                | level(values[at + plane], least, range) << 8
                | level(values[at + 2 * plane], least, range);
          });
    }

    private static int level(float value, float least, float range) {
      return Math.max(0, Math.min(255, Math.round(255 * (value - least) / range)));
    }
  }
}
