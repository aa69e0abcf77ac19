package dev.capstan.ort;

import dev.capstan.error.InvalidInputException;
import dev.capstan.graph.Constant;
import dev.capstan.graph.DataType;
import dev.capstan.graph.Shape;
import dev.capstan.graph.Value;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Loads a model file that has parts of others and runs it once, in a process of its own: what ends
 * that process would have ended this one.
 *
 * @param file the model
 * @param batch inputs, where the model leaves its first axis open
 * @param inputs what the run is fed
 * @param images what it is fed before all else, by name
 */
public record Trial(Path file, int batch, RunInputs inputs, Map<String, Constant> images)
    implements Question<Map<String, Shape>> {
  private static final long SEED = 1;

  /** Copies the map. */
  public Trial {
    file = file.toAbsolutePath();
    images = Map.copyOf(images);
  }

  /** A trial on inputs that are drawn, or given. */
  public Trial(Path file, int batch, RunInputs inputs) {
    this(file, batch, inputs, Map.of());
  }

  /**
   * What came of a trial.
   *
   * @param shapes of all outputs, by name
   * @param refusal why the model was not run, in one line; null if it was
   */
  public record Outcome(Map<String, Shape> shapes, @Nullable String refusal) {}

  /**
   * Makes the trial.
   *
   * @throws InvalidInputException if the model ends the process, twice
   */
  public Outcome make(Limits limits) {
    try {
      return new Outcome(OrtProcess.shared().ask(this, limits), null);
    } catch (RefusedException e) {
      String name = file + ": ";
      return new Outcome(Map.of(), String.valueOf(e.getMessage()).replace(name, ""));
    }
  }

  @Override
  public void write(DataOutputStream stream) throws IOException {
    stream.writeBoolean(true);
    stream.writeUTF(file.toString());
    stream.writeInt(batch);
    ConstantStream.writeAll(stream, mapped(inputs.sizes(), Trial::list));
    ConstantStream.writeAll(stream, mapped(inputs.given(), Trial::list));
    ConstantStream.writeAll(stream, images);
  }

  /** What {@link #write} wrote. */
  static Trial read(DataInputStream stream) throws IOException {
    Path file = Path.of(stream.readUTF());
    int batch = stream.readInt();
    Map<String, Shape> sizes = mapped(ConstantStream.readAll(stream), Trial::shape);
    Map<String, List<Double>> given = mapped(ConstantStream.readAll(stream), Trial::numbers);
    return new Trial(file, batch, new RunInputs(sizes, given), ConstantStream.readAll(stream));
  }

  @Override
  public void answer(DataOutputStream stream) throws IOException {
    try (OrtModel model = OrtModel.open(file, 1)) {
      List<Value> drawn =
          model.inputs().stream().filter(input -> !images.containsKey(input.name())).toList();
      Map<String, Constant> fed = new LinkedHashMap<>(inputs.draw(drawn, batch, SEED));
      fed.putAll(images);
      ConstantStream.writeAll(stream, mapped(model.shapes(fed), Trial::list));
    }
  }

  @Override
  public Map<String, Shape> readAnswer(DataInputStream stream) throws IOException {
    return mapped(ConstantStream.readAll(stream), Trial::shape);
  }

  private static <A, B> Map<String, B> mapped(Map<String, A> map, Function<A, B> function) {
    Map<String, B> result = new LinkedHashMap<>();
    map.forEach((name, value) -> result.put(name, function.apply(value)));
    return result;
  }

  private static Constant list(Shape shape) {
    return Constant.of(shape.sizes(), shape.rank());
  }

  private static Shape shape(Constant list) {
    return Shape.of(list.longs());
  }

  private static Constant list(List<Double> numbers) {
    ByteBuffer bytes =
        ByteBuffer.allocate(Double.BYTES * numbers.size()).order(ByteOrder.LITTLE_ENDIAN);
    numbers.forEach(bytes::putDouble);
    return Constant.view(DataType.FLOAT64, new long[] {numbers.size()}, bytes.flip());
  }

  private static List<Double> numbers(Constant list) {
    return IntStream.range(0, list.elements()).mapToObj(list::real).toList();
  }
}
