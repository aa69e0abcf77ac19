package dev.capstan.rank.allocate;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.capstan.error.InvalidInputException;
import dev.capstan.files.AtomicFile;
import dev.capstan.rank.Plan;
import dev.capstan.rank.Plan.Choice;
import dev.capstan.space.ChannelSpaces;
import dev.capstan.space.Space;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
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
 *     "conv1": {"width": 16, "rank": 8, "rise": 0.05}
 *   }
 * }
 * }</pre>
 *
 * <p>What is foretold ({@code macs}, {@code parameters}, {@code rise}) is for the reader's eyes: it
 * is that of the plan as it was written, and may be left out.
 */
public final class PlanFile {
  private static final String FORMAT = "capstan-plan";

  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(SerializationFeature.INDENT_OUTPUT)
          .build();

  private final Path file;
  private final JsonNode content;

  private PlanFile(Path file, JsonNode content) {
    this.file = file;
    this.content = content;
  }

  /**
   * Writes a plan. The file is there complete or not at all.
   *
   * @throws InvalidInputException if it cannot be written
   */
  public static void write(Plan plan, Path file) {
    ObjectNode whole = JSON.createObjectNode();
    whole.put("format", FORMAT);
    whole.put("source", plan.source());
    whole.put("budget", plan.budget());
    whole.put("macs", plan.macs());
    whole.put("parameters", plan.parameters());
    whole.put("rise", plan.rise());
    ObjectNode spaces = whole.putObject("spaces");
    plan.spaces()
        .forEach(
            (name, choice) ->
                spaces
                    .putObject(name)
                    .put("width", choice.width())
                    .put("rank", choice.rank())
                    .put("rise", choice.rise()));
    AtomicFile.write(
        file, stream -> stream.write((JSON.writeValueAsString(whole) + "\n").getBytes(UTF_8)));
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
    PlanFile plan = new PlanFile(file, parse(file));
    plan.expect("format", FORMAT, "give a file that capstan plan wrote");
    plan.expect("source", sourceSha256, "give the model it was made for, or plan again");
    return plan.plan(spaces);
  }

  private static JsonNode parse(Path file) {
    try {
      return JSON.readTree(Files.readString(file));
    } catch (IOException e) {
      throw new InvalidInputException(file + ": cannot be read: " + e, e);
    } catch (JacksonException e) {
      throw new InvalidInputException(
          "%s: expected JSON, found at line %d, column %d: %s; correct it or plan again"
              .formatted(
                  file,
                  e.getLocation().getLineNr(),
                  e.getLocation().getColumnNr(),
                  e.getOriginalMessage().lines().findFirst().orElse("an error")),
          e);
    }
  }

  private void expect(String key, String expected, String advice) {
    String found = content.path(key).asString("none");
    if (!found.equals(expected)) {
      throw error("expected %s %s, found %s; %s".formatted(key, expected, found, advice));
    }
  }

  private Plan plan(ChannelSpaces spaces) {
    if (!content.path("spaces").isObject()) {
      throw error("expected an object 'spaces', found none; give a file that capstan plan wrote");
    }
    Map<String, Space> compressible =
        spaces.compressible().stream().collect(Collectors.toMap(Space::name, space -> space));
    Map<String, Choice> choices = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> entry : content.path("spaces").properties()) {
      Space space = compressible.get(entry.getKey());
      if (space == null) {
        throw error(
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
    if (rank.asInt() % space.groups() != 0) {
      String expected = "a rank that is a multiple of %d (as many channels in each group)";
      throw wrong(space, expected.formatted(space.groups()), rank, "correct it");
    }
    return new Choice(space.width(), rank.asInt(), entry.path("rise").asDouble(0));
  }

  private InvalidInputException wrong(Space space, String expected, JsonNode found, String advice) {
    return error(
        "channel space '%s': expected %s, found %s; %s"
            .formatted(space.name(), expected, found.isMissingNode() ? "none" : found, advice));
  }

  private InvalidInputException error(String message) {
    return new InvalidInputException(file + ": " + message);
  }
}
