package dev.capstan.rank.allocate;

import dev.capstan.error.InvalidInputException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Measured sensitivities as JSON, so that another budget, or the same job after an interruption,
 * measures nothing again. A plan's file holds the same curves and can be read in its place.
 *
 * <pre>{@code
 * {
 *   "format": "capstan-curves",
 *   "source": "<SHA-256 of the model's file>",
 *   "spaces": {
 *     "conv1": {"curve": {"4": 0.31, "8": 0.05, "16": 0}}
 *   }
 * }
 * }</pre>
 */
public final class CurvesFile {
  private static final String FORMAT = "capstan-curves";

  private CurvesFile() {}

  /**
   * Writes curves. The file is there complete or not at all.
   *
   * @param sourceSha256 SHA-256 of the model's file, in hexadecimal
   * @throws InvalidInputException if it cannot be written
   */
  public static void write(Sensitivities sensitivities, String sourceSha256, Path file) {
    ObjectNode whole = JsonDocument.create(FORMAT);
    whole.put("source", sourceSha256);
    ObjectNode spaces = whole.putObject("spaces");
    sensitivities.bySpace().forEach((name, curve) -> put(curve.points(), spaces.putObject(name)));
    JsonDocument.write(whole, file);
  }

  /**
   * Reads the curves of a file, or of a plan's.
   *
   * @param sourceSha256 SHA-256 of the model's file, in hexadecimal
   * @return those of the spaces that the file tells of
   * @throws InvalidInputException if the file cannot be read, holds no curves or another model's
   */
  public static Sensitivities read(Path file, String sourceSha256) {
    JsonDocument document = JsonDocument.read(file);
    document.expect(
        "source", sourceSha256, "give the model they were measured on, or another file");
    Map<String, Sensitivities.Curve> curves = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> space : document.content().path("spaces").properties()) {
      NavigableMap<Integer, Double> points = points(space.getValue());
      if (!points.isEmpty()) {
        curves.put(space.getKey(), new Sensitivities.Curve(points));
      }
    }
    if (curves.isEmpty()) {
      throw document.error("expected curves of channel spaces, found none; give another file");
    }
    return new Sensitivities(curves);
  }

  /** Writes the points of a curve into the entry of its space. */
  static void put(Map<Integer, Double> curve, ObjectNode space) {
    if (!curve.isEmpty()) {
      ObjectNode points = space.putObject("curve");
      curve.forEach((rank, rise) -> points.put(Integer.toString(rank), rise));
    }
  }

  /** The points of the curve in the entry of a space; empty where there is none, or no curve. */
  static NavigableMap<Integer, Double> points(JsonNode space) {
    NavigableMap<Integer, Double> points = new TreeMap<>();
    for (Map.Entry<String, JsonNode> point : space.path("curve").properties()) {
      if (!point.getKey().matches("[1-9][0-9]{0,8}") || !point.getValue().isNumber()) {
        return new TreeMap<>();
      }
      points.put(Integer.valueOf(point.getKey()), point.getValue().asDouble());
    }
    return points;
  }
}
