package dev.capstan.rank.allocate;

import dev.capstan.error.InvalidInputException;
import dev.capstan.rank.Plan;
import dev.capstan.rank.Plan.Choice;
import dev.capstan.space.ChannelSpaces;
import dev.capstan.space.Space;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A plan as JSON, to be edited by hand: change a {@code rank}, or take a space out to keep its
 * channels.
 *
 * <pre>{@code
 * {
 *   "format": "capstan-plan",
 *   "source": "<SHA-256 of the model's file>",
 *   "budget": "keep-macs 0.5",
 *   "macs": 20304640, "parameters": 136000, "rise": 0.21,
 *   "spaces": {
 *     "conv1": {"width": 16, "rank": 8, "rise": 0.05, "curve": {"4": 0.31, "8": 0.05, "16": 0}}
 *   }
 * }
 * }</pre>
 *
 * <p>What is foretold ({@code macs}, {@code parameters}, {@code rise}) is for the reader's eyes: it
 * is that of the plan as it was written, and may be left out. So may {@code curve}, what was
 * measured: with it another budget measures nothing again ({@link CurvesFile}).
 */
public final class PlanFile {
  private static final String FORMAT = "capstan-plan";

  private final JsonDocument document;

  private PlanFile(JsonDocument document) {
    this.document = document;
  }

  /**
   * Writes a plan. The file is there complete or not at all.
   *
   * @throws InvalidInputException if it cannot be written
   */
  public static void write(Plan plan, Path file) {
    ObjectNode whole = JsonDocument.create(FORMAT);
    whole.put("source", plan.source());
    whole.put("budget", plan.budget());
    whole.put("macs", plan.macs());
    whole.put("parameters", plan.parameters());
    whole.put("rise", plan.rise());
    ObjectNode spaces = whole.putObject("spaces");
    plan.spaces()
        .forEach(
            (name, choice) -> {
              ObjectNode space = spaces.putObject(name);
              space.put("width", choice.width());
              space.put("rank", choice.rank());
              space.put("rise", choice.rise());
              CurvesFile.put(choice.curve(), space);
            });
    JsonDocument.write(whole, file);
  }

  /**
   * Reads a plan.
   *
   * @param spaces the spaces of the model it is for
   * @param sourceSha256 SHA-256 of that model's file, in hexadecimal
   * @throws InvalidInputException if the file cannot be read, is no plan, belongs to another model
   *     or asks of a space what cannot be
   */
  public static Plan read(Path file, ChannelSpaces spaces, String sourceSha256) {
    JsonDocument document = JsonDocument.read(file);
    document.expect("format", FORMAT, "give a file that capstan plan wrote");
    document.expect("source", sourceSha256, "give the model it was made for, or plan again");
    return new PlanFile(document).plan(spaces);
  }

  private Plan plan(ChannelSpaces spaces) {
    JsonNode content = document.content();
    if (!content.path("spaces").isObject()) {
      throw document.error(
          "expected an object 'spaces', found none; give a file that capstan plan wrote");
    }
    Map<String, Space> compressible =
        spaces.compressible().stream().collect(Collectors.toMap(Space::name, space -> space));
    Map<String, Choice> choices = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> entry : content.path("spaces").properties()) {
      Space space = compressible.get(entry.getKey());
      if (space == null) {
        throw document.error(
            "channel space '%s': expected one of the model's that can be compressed (capstan inspect lists them), found another; take it out"
                .formatted(entry.getKey()));
      }
      choices.put(space.name(), choice(space, entry.getValue()));
    }
    return new Plan(
        content.path("source").asString(),
        content.path("budget").asString(""),
        content.path("macs").asLong(0),
        content.path("parameters").asLong(0),
        content.path("rise").asDouble(0),
        choices);
  }

  private Choice choice(Space space, JsonNode entry) {
    JsonNode width = entry.path("width");
    if (!width.isMissingNode() && width.asInt(0) != space.width()) {
      throw wrong(space, "width " + space.width(), width, "give the model it was made for");
    }
    JsonNode rank = entry.path("rank");
    if (!rank.isInt() || rank.asInt() < 1 || rank.asInt() > space.width()) {
      throw wrong(space, "a rank from 1 to " + space.width(), rank, "correct it");
    }
    if (rank.asInt() % space.groups().count() != 0) {
      String expected = "a rank that is a multiple of %d (as many channels in each group)";
      throw wrong(space, expected.formatted(space.groups().count()), rank, "correct it");
    }
    return new Choice(
        space.width(), rank.asInt(), entry.path("rise").asDouble(0), CurvesFile.points(entry));
  }

  private InvalidInputException wrong(Space space, String expected, JsonNode found, String advice) {
    return document.error(
        "channel space '%s': expected %s, found %s; %s"
            .formatted(space.name(), expected, found.isMissingNode() ? "none" : found, advice));
  }
}
