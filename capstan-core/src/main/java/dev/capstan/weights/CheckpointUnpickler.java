package dev.capstan.weights;

import dev.capstan.error.InvalidInputException;
import dev.capstan.graph.DataType;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import net.razorvine.pickle.IObjectConstructor;
import net.razorvine.pickle.Opcodes;
import net.razorvine.pickle.PickleUtils;
import net.razorvine.pickle.Unpickler;

/**
 * Reads the pickles of a checkpoint, and nothing that is not {@link Allowed}.
 *
 * <p>A pickle is a program that names functions and calls them. The library would make a harmless
 * object for a name it does not know and go on; here the name itself is refused. All opcodes that
 * name something are intercepted ({@code GLOBAL}, {@code STACK_GLOBAL}, {@code INST}); those that
 * call or build ({@code REDUCE}, {@code OBJ}, {@code NEWOBJ}, {@code NEWOBJ_EX}, {@code BUILD})
 * find on the stack only what these let through.
 *
 * <p>Dictionaries keep their order, which the library's own do not.
 */
final class CheckpointUnpickler extends Unpickler {
  /**
   * Operations of a checkpoint's pickles, and elements that its calls are given. Forty a tensor are
   * usual.
   */
  static final int MAX_OPERATIONS = 1 << 22;

  /** Digits of a number, or bytes of one: PyTorch writes none of more than 10 bytes. */
  private static final int MAX_NUMBER = 64;

  /** Operations that are given a number in digits. */
  private static final Set<Short> TEXTS =
      Set.of(Opcodes.INT, Opcodes.LONG, Opcodes.FLOAT, Opcodes.GET, Opcodes.PUT);

  private final Path file;
  private final BufferInputStream bytes;
  private long operations;
  private final Map<String, Storage> storages = new LinkedHashMap<>();

  CheckpointUnpickler(Path file, BufferInputStream bytes) {
    this.file = file;
    this.bytes = bytes;
  }

  /** The object of the next pickle in the stream. */
  Object read() throws IOException {
    try {
      return load(bytes);
    } catch (InvalidInputException e) {
      throw new InvalidInputException(file + ": " + e.getMessage(), e);
    } catch (RuntimeException e) {
      // The library meets a malformed pickle with whatever exception it stumbles into.
      throw new InvalidInputException(
          file + ": the checkpoint's pickle is damaged, or none of torch.save's", e);
    }
  }

  /** The storages that the pickles referred to, by key. */
  Map<String, Storage> storages() {
    return storages;
  }

  @Override
  protected Object dispatch(short opcode) throws IOException {
    count(1);
    switch (opcode) {
      case Opcodes.GLOBAL -> stack.add(allowed(line(), line()));
      case Opcodes.STACK_GLOBAL -> {
        String name = (String) stack.pop();
        stack.add(allowed((String) stack.pop(), name));
      }
      case Opcodes.INST -> {
        IObjectConstructor function = (IObjectConstructor) allowed(line(), line());
        stack.add(function.construct(stack.pop_all_since_marker().toArray()));
      }
      case Opcodes.BUILD -> {
        stack.pop();
        checkStateful(stack.peek());
      }
      case Opcodes.EMPTY_DICT -> stack.add(new LinkedHashMap<>());
      case Opcodes.DICT -> {
        List<Object> items = stack.pop_all_since_marker();
        stack.add(new LinkedHashMap<>());
        putAll(items);
      }
      case Opcodes.SETITEM -> {
        Object value = stack.pop();
        putAll(Arrays.asList(stack.pop(), value));
      }
      case Opcodes.SETITEMS -> putAll(stack.pop_all_since_marker());
      case Opcodes.EMPTY_SET, Opcodes.FROZENSET -> throw refused("build", "builtins.set");
      default -> {
        checkLength(opcode);
        return super.dispatch(opcode);
      }
    }
    return NO_RETURN_VALUE;
  }

  private String line() throws IOException {
    return PickleUtils.readline(bytes);
  }

  private Object allowed(String module, String name) {
    Object meaning = Allowed.name(module, name);
    if (meaning == null) {
      throw refused("call", module + "." + name);
    }
    return meaning instanceof IObjectConstructor function ? counted(function) : meaning;
  }

  /** A list may be given to any number of calls, each of which copies it. */
  private IObjectConstructor counted(IObjectConstructor function) {
    return arguments -> {
      for (Object argument : arguments) {
        count(argument instanceof List<?> list ? list.size() : 1);
      }
      return function.construct(arguments);
    };
  }

  private void count(int more) {
    operations += more;
    if (operations > MAX_OPERATIONS) {
      throw new InvalidInputException(
          "the checkpoint's pickle takes over %d operations: no network's does, so it was damaged or made to take all memory"
              .formatted(MAX_OPERATIONS));
    }
  }

  private static InvalidInputException refused(String verb, String name) {
    return new InvalidInputException(
        "refused: the checkpoint would "
            + "%s '%s'; only tensors are read: save them alone with ".formatted(verb, name)
            + "torch.save(model.state_dict(), file)");
  }

  /** State may be given only to an OrderedDict: its {@code _metadata}, which is dropped. */
  private static void checkStateful(Object target) {
    if (!(target instanceof LinkedHashMap)) {
      throw new InvalidInputException(
          "refused: the checkpoint would set the state of a " + target.getClass().getSimpleName());
    }
  }

  private void putAll(List<Object> items) {
    @SuppressWarnings("unchecked")
    Map<Object, Object> target = (Map<Object, Object>) stack.peek();
    for (int i = 0; i < items.size(); i += 2) {
      Object key = items.get(i);
      // A collection as a key could contain itself, and its hash would never end.
      if (!(key instanceof String || key instanceof Number || key instanceof Boolean)) {
        throw new InvalidInputException("a dictionary's keys must be names or numbers");
      }
      target.put(key, items.get(i + 1));
    }
  }

  /** The library makes an array as long as the pickle says before it looks for the bytes. */
  private void checkLength(short opcode) {
    int prefix =
        switch (opcode) {
          case Opcodes.BINSTRING, Opcodes.BINUNICODE, Opcodes.BINBYTES, Opcodes.LONG4 -> 4;
          case Opcodes.BINUNICODE8, Opcodes.BINBYTES8, Opcodes.BYTEARRAY8 -> 8;
          default -> 0;
        };
    long length = bytes.peek(prefix);
    if (length < 0 || length > bytes.available() - prefix) {
      throw new InvalidInputException("the checkpoint's pickle is cut short");
    }
    boolean number =
        opcode == Opcodes.LONG4 ? length > MAX_NUMBER : TEXTS.contains(opcode) && isLong();
    if (number) {
      throw new InvalidInputException("a number of more than " + MAX_NUMBER + " digits");
    }
  }

  /** Whether no line ends soon. To read a number takes the square of its digits. */
  private boolean isLong() {
    for (int i = 0; i <= MAX_NUMBER; i++) {
      if (bytes.at(i) == '\n') {
        return false;
      }
    }
    return true;
  }

  /** {@code ('storage', type, key, location, elements[, view])}. */
  @Override
  protected Object persistentLoad(Object id) {
    Object[] fields = (Object[]) id;
    if (!(fields[0] instanceof String kind && kind.equals("storage"))) {
      throw refused("load", fields[0] instanceof String name ? name : "an object");
    }
    if (fields.length > 5 && fields[5] != null) {
      throw new InvalidInputException(
          "storages that are views (PyTorch before 0.4) are not read: load and save it again with a"
              + " newer PyTorch");
    }
    Storage storage =
        new Storage((String) fields[2], (DataType) fields[1], ((Number) fields[4]).longValue());
    Storage known = storages.putIfAbsent(storage.key(), storage);
    if (known != null && !known.equals(storage)) {
      throw new InvalidInputException(
          "storage '%s' is described twice: %s, then %s".formatted(storage.key(), known, storage));
    }
    return storage;
  }
}
