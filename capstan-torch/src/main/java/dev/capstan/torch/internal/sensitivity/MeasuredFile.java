package dev.capstan.torch.internal.sensitivity;

import dev.capstan.error.InvalidInputException;
import dev.capstan.rank.allocate.Sensitivities;
import dev.capstan.recipe.stage.Measured;
import dev.capstan.torch.internal.checkpoint.SealedFile;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What a finished measurement keeps of itself. */
public final class MeasuredFile {
  private static final String CURVE = "curve of ";

  private MeasuredFile() {}

  /** Keeps what was measured. */
  public static void write(Measured measured, SealedFile file) {
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

  /** What was measured before, null for nothing. */
  public static @Nullable Measured read(SealedFile file) {
    SealedFile.State state = file.read();
    Measured measured = state == null ? null : file.said(state, MeasuredFile::measured);
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

  private static NavigableMap<Integer, Double> points(String text) {
    NavigableMap<Integer, Double> points = new TreeMap<>();
    for (String point : text.strip().split(" ")) {
      String[] both = point.split("=", 2);
      if (both.length < 2) {
        throw new InvalidInputException("expected points RANK=RISE, found '" + point + "'");
      }
      points.put(Integer.valueOf(both[0]), Double.valueOf(both[1]));
    }
    return points;
  }
}
