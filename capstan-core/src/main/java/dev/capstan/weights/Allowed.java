package dev.capstan.weights;

import dev.capstan.error.InvalidInputException;
import dev.capstan.graph.DataType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import net.razorvine.pickle.IObjectConstructor;
import org.jspecify.annotations.Nullable;

/** The only names a checkpoint may use, with what they stand for here. */
final class Allowed {
  private static final Map<String, Object> NAMES =
      Map.ofEntries(
          function("collections.OrderedDict", Allowed::dictionary),
          function("torch._utils._rebuild_tensor", Allowed::tensor),
          function("torch._utils._rebuild_tensor_v2", Allowed::tensor),
          function("torch._utils._rebuild_parameter", arguments -> arguments[0]),
          Map.entry("torch.FloatStorage", DataType.FLOAT32),
          Map.entry("torch.DoubleStorage", DataType.FLOAT64),
          Map.entry("torch.HalfStorage", DataType.FLOAT16),
          Map.entry("torch.BFloat16Storage", DataType.BFLOAT16),
          Map.entry("torch.CharStorage", DataType.INT8),
          Map.entry("torch.ByteStorage", DataType.UINT8),
          Map.entry("torch.ShortStorage", DataType.INT16),
          Map.entry("torch.IntStorage", DataType.INT32),
          Map.entry("torch.LongStorage", DataType.INT64),
          Map.entry("torch.BoolStorage", DataType.BOOL));

  private Allowed() {}

  /** What a name stands for, null if it is not allowed. */
  static @Nullable Object name(String module, String name) {
    return NAMES.get(module + "." + name);
  }

  private static Map.Entry<String, Object> function(String name, IObjectConstructor function) {
    return Map.entry(name, function);
  }

  /** {@code OrderedDict()}, or as Python 2 has it {@code OrderedDict([[key, value], ...])}. */
  private static Object dictionary(Object[] arguments) {
    Map<Object, Object> dictionary = new LinkedHashMap<>();
    if (arguments.length > 0) {
      for (Object pair : (List<?>) arguments[0]) {
        Object[] entry = pair instanceof List<?> list ? list.toArray() : (Object[]) pair;
        dictionary.put((String) entry[0], entry[1]);
      }
    }
    return dictionary;
  }

  /**
   * {@code _rebuild_tensor(storage, offset, size, stride)}, as before PyTorch 0.4, or {@code
   * _rebuild_tensor_v2}, with more arguments that are of no use here.
   */
  private static Object tensor(Object[] arguments) {
    if (arguments.length < 4) {
      throw new InvalidInputException("a tensor needs 4 arguments, found " + arguments.length);
    }
    return new StridedTensor(
        (Storage) arguments[0],
        ((Number) arguments[1]).longValue(),
        numbers((Object[]) arguments[2]),
        numbers((Object[]) arguments[3]));
  }

  private static List<Long> numbers(Object[] tuple) {
    if (tuple.length > StridedTensor.MAX_RANK) {
      throw new InvalidInputException("a tensor of " + tuple.length + " axes");
    }
    List<Long> numbers = new ArrayList<>();
    for (Object number : tuple) {
      numbers.add(((Number) number).longValue());
    }
    return numbers;
  }
}
