package dev.capstan.torch.internal.sensitivity;

import dev.capstan.error.InvalidInputException;
import dev.capstan.rank.allocate.Sensitivities;
import dev.capstan.recipe.stage.Measured;
import dev.capstan.torch.internal.checkpoint.SealedFile;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a measurement keeps of itself: the errors of the batches that it has passed, then its end.
 * The bases that it tries are chosen anew; they follow from the images.
 */
final class MeasurementState {
  private static final String CURVE = "curve of ";
  private static final String ERRORS = "errors of ";

  private final @Nullable SealedFile file;
  private final SealedFile.@Nullable State found;

  /**
   * The state of one measurement.
   *
   * @param file where it lies, null to keep none
   */
  MeasurementState(@Nullable SealedFile file) {
    this.file = file;
    this.found = file == null ? null : file.read();
  }

  /**
   * Where the measurement is.
   *
   * @param passed batches passed, damaged ones included
   * @param images that errors were measured on in them
   * @param runs forward runs of one image that all cost, choosing the bases included
   */
  record Place(long passed, long images, double runs) {
    /** A batch on. */
    Place after(long nowPassed, long batch, double runsAnImage) {
      return new Place(nowPassed, images + batch, runs + batch * runsAnImage);
    }
  }

  /** What was measured before; null where it was not all. */
  @Nullable Measured end() {
    if (file == null || found == null || !found.words().containsKey("images")) {
      return null;
    }
    Measured measured = file.said(found, MeasurementState::measured);
    if (measured != null) {
      file.told().accept("sensitivities: they were measured before");
    }
    return measured;
  }

  private static Measured measured(SealedFile.State state) {
    Map<String, Sensitivities.Curve> curves = new LinkedHashMap<>();
    state
        .words()
        .forEach(
            (key, word) -> {
              if (key.startsWith(CURVE)) {
                curves.put(key.substring(CURVE.length()), new Sensitivities.Curve(points(word)));
              }
            });
    return new Measured(
        new Sensitivities(curves),
        Long.parseLong(state.word("images")),
        Double.parseDouble(state.word("runs")));
  }

  /** Puts the errors where the state says, if it does; else they begin here. */
  Place place(List<Trials> trials, Place first) {
    if (file == null || found == null || !found.words().containsKey("passed")) {
      return first;
    }
    SealedFile kept = file;
    Place place = kept.said(found, state -> place(state, trials));
    if (place == null) {
      return first;
    }
    kept.told().accept("sensitivities: going on after batch " + place.passed());
    return place;
  }

  private static Place place(SealedFile.State state, List<Trials> trials) {
    Map<Trials, NavigableMap<Integer, Double>> errors = new LinkedHashMap<>();
    for (Trials ofSpace : trials) {
      NavigableMap<Integer, Double> points = points(state.word(ERRORS + ofSpace.space().name()));
      if (!points.keySet().equals(ofSpace.ranks())) {
        throw new InvalidInputException("it is of other ranks");
      }
      errors.put(ofSpace, points);
    }
    Place place =
        new Place(
            Long.parseLong(state.word("passed")),
            Long.parseLong(state.word("measured")),
            Double.parseDouble(state.word("runs")));
    errors.forEach((ofSpace, points) -> ofSpace.set(points, place.images()));
    return place;
  }

  private static NavigableMap<Integer, Double> points(String text) {
    NavigableMap<Integer, Double> points = new TreeMap<>();
    for (String point : text.isEmpty() ? new String[0] : text.strip().split(" ")) {
      String[] both = point.split("=", 2);
      if (both.length < 2) {
        throw new InvalidInputException("expected points RANK=RISE, found '" + point + "'");
      }
      points.put(Integer.valueOf(both[0]), Double.valueOf(both[1]));
    }
    return points;
  }

  /** Keeps where the measurement is, if it is time to. */
  void offer(Place place, List<Trials> trials) {
    if (file == null) {
      return;
    }
    file.offer(
        () -> {
          Map<String, String> words = new LinkedHashMap<>();
          words.put("passed", Long.toString(place.passed()));
          words.put("measured", Long.toString(place.images()));
          words.put("runs", Double.toString(place.runs()));
          trials.forEach(t -> words.put(ERRORS + t.space().name(), text(t.errors())));
          return new SealedFile.State(Map.of(), words);
        });
  }

  /** Keeps what was measured. */
  void end(Measured measured) {
    if (file == null) {
      return;
    }
    Map<String, String> words = new LinkedHashMap<>();
    words.put("images", Long.toString(measured.imagesSeen()));
    words.put("runs", Double.toString(measured.forwardRuns()));
    measured
        .sensitivities()
        .bySpace()
        .forEach((space, curve) -> words.put(CURVE + space, text(curve.points())));
    file.write(new SealedFile.State(Map.of(), words));
  }

  private static String text(Map<Integer, Double> points) {
    StringBuilder text = new StringBuilder();
    points.forEach((rank, rise) -> text.append(rank).append('=').append(rise).append(' '));
    return text.toString();
  }
}
