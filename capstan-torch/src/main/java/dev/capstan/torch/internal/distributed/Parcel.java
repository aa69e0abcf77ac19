package dev.capstan.torch.internal.distributed;

import dev.capstan.error.InvalidInputException;
import dev.capstan.files.TemporaryFolder;
import dev.capstan.graph.Constant;
import dev.capstan.graph.Graph;
import dev.capstan.onnx.OnnxReader;
import dev.capstan.onnx.OnnxWriter;
import dev.capstan.torch.internal.tensor.NamedTensors;
import dev.capstan.weights.Safetensors;
import dev.capstan.weights.SafetensorsReader;
import dev.capstan.weights.SafetensorsWriter;
import dev.capstan.weights.TensorHash;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/**
 * What the process that leads gives the others to work on.
 *
 * @param work what is to be done
 * @param words by name
 * @param tensors by name
 * @param networks in an order that both sides know
 */
public record Parcel(
    String work, Map<String, String> words, Map<String, Constant> tensors, List<Graph> networks) {
  private static final String CONTENT = "content.safetensors";

  private static final String WORK = "work";
  private static final String NETWORKS = "networks";
  private static final String MICRO_BATCHES = "micro-batches";
  private static final JsonMapper JSON = new JsonMapper();

  /** Copies the list. */
  public Parcel {
    networks = List.copyOf(networks);
  }

  /**
   * Sends it to all others.
   *
   * @throws InvalidInputException if ONNX cannot say what one of the networks is
   */
  public void send(Exchange exchange) {
    ProcessGroup group = exchange.group();
    if (group.isAlone()) {
      return;
    }
    try (TemporaryFolder folder = TemporaryFolder.make()) {
      Map<String, String> all = new LinkedHashMap<>(words);
      all.put(WORK, work);
      all.put(MICRO_BATCHES, Integer.toString(exchange.microBatches()));
      all.put(NETWORKS, Integer.toString(networks.size()));
      SafetensorsWriter.write(tensors, all, folder.path().resolve(CONTENT));
      for (int i = 0; i < networks.size(); i++) {
        write(networks.get(i), folder.path().resolve(network(i)));
      }
      SentFiles.share(group, folder.path());
    }
  }

  private static String network(int number) {
    return "network-" + number + ".onnx";
  }

  private static void write(Graph graph, Path file) {
    OnnxWriter.write(graph.edit().tail(null).build(), file);
    Graph read = OnnxReader.read(file);
    if (!read.nodes().equals(graph.nodes())
        || !TensorHash.of(read.constants()).equals(TensorHash.of(graph.constants()))) {
      throw new InvalidInputException(
          "this network cannot be handed to other processes: ONNX would make another one of it; run it in one process");
    }
  }

  /** Takes what the process that leads sends. */
  public static Parcel receive(ProcessGroup group) {
    try (TemporaryFolder folder = TemporaryFolder.make()) {
      SentFiles.share(group, folder.path());
      Safetensors content = SafetensorsReader.read(folder.path().resolve(CONTENT));
      Map<String, String> words = content.metadata();
      List<Graph> networks = new ArrayList<>();
      for (int i = 0; i < Integer.parseInt(found(NETWORKS, words)); i++) {
        networks.add(OnnxReader.read(folder.path().resolve(network(i))));
      }
      return new Parcel(found(WORK, words), words, content.tensors(), networks);
    }
  }

  private static <T> T found(String name, Map<String, T> among) {
    T found = among.get(name);
    if (found == null) {
      throw new IllegalStateException("expected '" + name + "', found none");
    }
    return found;
  }

  /** A word that must be there. */
  public String word(String name) {
    return found(name, words);
  }

  /** How the steps are shared that it tells of. */
  public Exchange exchange(ProcessGroup group) {
    return new Exchange(group, Integer.parseInt(word(MICRO_BATCHES)));
  }

  /** A value of records as a word. */
  public static String written(Object value) {
    return JSON.writeValueAsString(value);
  }

  /** The value that a word is. */
  public <T> T read(String name, Class<T> type) {
    return JSON.readValue(word(name), type);
  }

  /** The same with more words and tensors. */
  public Parcel with(Map<String, String> moreWords, Map<String, Constant> moreTensors) {
    Map<String, String> allWords = new LinkedHashMap<>(words);
    allWords.putAll(moreWords);
    Map<String, Constant> allTensors = new LinkedHashMap<>(tensors);
    allTensors.putAll(moreTensors);
    return new Parcel(work, allWords, allTensors, networks);
  }

  /** The tensors whose names begin with a word, by the rest of their names. */
  public Map<String, Constant> part(String prefix) {
    return NamedTensors.part(tensors, prefix);
  }

  /** The same with numbers by name, bit for bit. */
  public Parcel withReals(String prefix, Map<String, double[]> numbers) {
    Map<String, Constant> more = new LinkedHashMap<>();
    numbers.forEach(
        (name, values) -> {
          long[] bits = Arrays.stream(values).mapToLong(Double::doubleToRawLongBits).toArray();
          more.put(prefix + name, Constant.of(bits, bits.length));
        });
    return with(Map.of(), more);
  }

  /** The numbers that were told with a prefix. */
  public Map<String, double[]> reals(String prefix) {
    Map<String, double[]> numbers = new LinkedHashMap<>();
    part(prefix)
        .forEach(
            (name, bits) ->
                numbers.put(
                    name,
                    Arrays.stream(bits.longs()).mapToDouble(Double::longBitsToDouble).toArray()));
    return numbers;
  }

  /** Whole numbers as a tensor. */
  public static Constant numbers(int[] values) {
    return Constant.of(Arrays.stream(values).asLongStream().toArray(), values.length);
  }

  /** The whole numbers of a tensor. */
  public int[] numbers(String name) {
    return Arrays.stream(found(name, tensors).longs()).mapToInt(Math::toIntExact).toArray();
  }
}
