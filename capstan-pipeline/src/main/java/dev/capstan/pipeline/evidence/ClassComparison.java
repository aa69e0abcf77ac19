package dev.capstan.pipeline.evidence;

import dev.capstan.data.Dataset;
import dev.capstan.data.ImageStore;
import dev.capstan.pipeline.evidence.ClassChanges.ChangedImage;
import dev.capstan.pipeline.evidence.ClassChanges.ClassRow;
import dev.capstan.recipe.stage.Choices;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Finds which images got another class. */
final class ClassComparison {
  private static final int MOST_CLASSES = 20;
  private static final int MOST_IMAGES = 40;

  private final ImageStore store;
  private final Dataset set;
  private final Choices choices;
  private final boolean labelled;
  private final boolean thumbnails;

  ClassComparison(ImageStore store, Choices choices, boolean thumbnails) {
    this.store = store;
    this.set = store.dataset();
    this.choices = choices;
    this.labelled =
        IntStream.of(choices.images()).noneMatch(i -> set.label(i) == Dataset.UNLABELLED);
    this.thumbnails = thumbnails;
  }

  ClassChanges changes() {
    List<Integer> changed =
        IntStream.range(0, choices.images().length)
            .filter(i -> choices.original()[i] != choices.network()[i])
            .boxed()
            // What was right comes first, then the order of the images.
            .sorted(
                Comparator.comparing((Integer i) -> !labelled || choices.original()[i] != wanted(i))
                    .thenComparing(i -> choices.images()[i]))
            .toList();
    return new ClassChanges(
        choices.images().length,
        labelled,
        changed.size(),
        worse(),
        changed.stream().limit(MOST_IMAGES).map(this::image).toList());
  }

  /** The label, without labels the original's class. */
  private int wanted(int i) {
    return labelled ? set.label(choices.images()[i]) : choices.original()[i];
  }

  private List<ClassRow> worse() {
    Map<Integer, int[]> counts = new TreeMap<>();
    for (int i = 0; i < choices.images().length; i++) {
      int[] count = counts.computeIfAbsent(wanted(i), key -> new int[3]);
      count[0]++;
      count[1] += choices.original()[i] == wanted(i) ? 1 : 0;
      count[2] += choices.network()[i] == wanted(i) ? 1 : 0;
    }
    List<ClassRow> rows = new ArrayList<>();
    counts.forEach((index, n) -> rows.add(new ClassRow(name(index), n[0], n[1], n[2])));
    return rows.stream()
        .filter(row -> row.after() < row.before())
        .sorted(Comparator.comparingInt(row -> row.after() - row.before()))
        .limit(MOST_CLASSES)
        .toList();
  }

  private ChangedImage image(int i) {
    int index = choices.images()[i];
    return new ChangedImage(
        set.name(index),
        labelled ? name(set.label(index)) : null,
        name(choices.original()[i]),
        name(choices.network()[i]),
        thumbnails ? thumbnail(index) : null);
  }

  private String name(int index) {
    List<String> names = set.classes();
    return index < names.size() ? names.get(index) : "class " + index;
  }

  private @Nullable String thumbnail(int index) {
    return SmallPicture.ofImage(store, index);
  }
}
