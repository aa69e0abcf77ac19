package dev.capstan.bench;

import ai.onnx.proto.OnnxMl;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.node.StringNode;

/**
 * Lists what {@code gate/run.sh} left in a folder, one line a figure, so that two lists can be
 * compared: of an ONNX file the hash of all its bytes, of a file of bases that of its header and of
 * its tensors, of JSON each leaf. Left out is what no two runs have in common: times, latencies and
 * paths; absent, null and false say the same. Goals are told as they were before and after the
 * command line's spelling left the files: {@code --keep-macs 0.5} reads {@code keep-macs 0.5}.
 */
final class GateManifest {
  /** Fields of JSON that differ from run to run. */
  private static final Set<String> VOLATILE =
      Set.of(
          "seconds",
          "latencyMillis",
          "latencyShare",
          "evidence",
          "account",
          "files",
          "data",
          "validation",
          "model",
          "output");

  private static final JsonMapper JSON = JsonMapper.builder().build();

  private GateManifest() {}

  /** Prints the list of the folder that the argument names. */
  public static void main(String[] args) throws IOException {
    Path root = Path.of(args[0]);
    try (Stream<Path> files = Files.walk(root)) {
      for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
        String name = root.relativize(file).toString();
        if (!name.startsWith("images")) {
          lines(file).stream().sorted().forEach(line -> System.out.println(name + ": " + line));
        }
      }
    }
  }

  private static List<String> lines(Path file) throws IOException {
    String name = file.getFileName().toString();
    if (name.endsWith(".onnx")) {
      return List.of(onnx(Files.readAllBytes(file)));
    }
    if (name.endsWith(".safetensors")) {
      return safetensors(Files.readAllBytes(file));
    }
    return name.endsWith(".json") ? leaves("", read(file, name)) : List.of();
  }

  /** What is printed is the record; before it was what came of it alone. */
  private static JsonNode read(Path file, String name) {
    JsonNode whole = JSON.readTree(file.toFile());
    return name.equals("result.json") && whole.has("result") ? whole.path("result") : whole;
  }

  /** All bytes but for the spelling of the goal. */
  private static String onnx(byte[] bytes) throws IOException {
    OnnxMl.ModelProto.Builder model = OnnxMl.ModelProto.parseFrom(bytes).toBuilder();
    model
        .getMetadataPropsBuilderList()
        .forEach(property -> property.setValue(spelled(property.getValue())));
    return sha256(model.build().toByteArray());
  }

  private static List<String> safetensors(byte[] bytes) {
    int header = (int) ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong();
    String text = new String(bytes, Long.BYTES, header, StandardCharsets.UTF_8);
    byte[] tensors = Arrays.copyOfRange(bytes, Long.BYTES + header, bytes.length);
    return Stream.concat(leaves("", JSON.readTree(text)).stream(), Stream.of(sha256(tensors)))
        .toList();
  }

  private static List<String> leaves(String path, JsonNode node) {
    if (node instanceof ObjectNode object) {
      return object
          .propertyStream()
          .filter(entry -> !VOLATILE.contains(entry.getKey()))
          .flatMap(entry -> leaves(path + "/" + entry.getKey(), entry.getValue()).stream())
          .toList();
    }
    if (node instanceof ArrayNode array) {
      return Stream.iterate(0, i -> i < array.size(), i -> i + 1)
          .flatMap(i -> leaves(path + "/" + i, array.get(i)).stream())
          .toList();
    }
    return isLeftOut(path, node) ? List.of() : List.of(path + " " + told(node));
  }

  private static boolean isLeftOut(String path, JsonNode node) {
    boolean says = !node.isNull() && !(node.isBoolean() && !node.asBoolean());
    boolean isPath = node instanceof StringNode text && text.asString().startsWith("file:");
    // The goal stands in the file: its spelling changes the size. The hash is compared.
    return !says || isPath || path.endsWith("/fileBytes/after");
  }

  private static String told(JsonNode node) {
    return node instanceof StringNode text ? spelled(text.asString()) : node.toString();
  }

  private static String spelled(String text) {
    return text.startsWith("--") ? text.substring(2) : text;
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}
