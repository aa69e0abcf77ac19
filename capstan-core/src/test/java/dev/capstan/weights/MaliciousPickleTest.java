package dev.capstan.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.capstan.error.InvalidInputException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@Tag("trust")
class MaliciousPickleTest {
  private static final String COMMAND = "touch pwned";

  @TempDir Path folder;

  /** Every opcode that can name, call or build something. */
  static Stream<Arguments> routes() {
    return Stream.of(
        Arguments.of("GLOBAL, REDUCE", system().op("(").text(COMMAND).op("tR"), "posix.system"),
        Arguments.of("GLOBAL alone", system(), "posix.system"),
        Arguments.of(
            "STACK_GLOBAL",
            PickleBytes.start()
                .text("posix")
                .text("system")
                .op(0x93)
                .op("(")
                .text(COMMAND)
                .op("tR"),
            "posix.system"),
        Arguments.of(
            "STACK_GLOBAL of short names",
            PickleBytes.start().op(0x8c, 2).op("os").op(0x8c, 6).op("system").op(0x93),
            "os.system"),
        Arguments.of(
            "INST",
            PickleBytes.start().op("(").text(COMMAND).op("iposix\nsystem\n"),
            "posix.system"),
        Arguments.of(
            "OBJ",
            PickleBytes.start().op("(").global("subprocess", "Popen").text(COMMAND).op("o"),
            "subprocess.Popen"),
        Arguments.of(
            "NEWOBJ",
            PickleBytes.start().global("subprocess", "Popen").op(")").op(0x81),
            "subprocess.Popen"),
        Arguments.of(
            "NEWOBJ_EX",
            PickleBytes.start().global("subprocess", "Popen").op(")}").op(0x92),
            "subprocess.Popen"),
        Arguments.of(
            "BUILD",
            PickleBytes.start().global("evil", "State").op(")").op(0x81).op("}b"),
            "evil.State"),
        Arguments.of(
            "a name of the library's own registry",
            PickleBytes.start().global("datetime", "datetime"),
            "datetime.datetime"),
        Arguments.of(
            "an exception",
            PickleBytes.start().global("builtins", "SystemExit").op(")R"),
            "builtins.SystemExit"),
        Arguments.of(
            "getattr", PickleBytes.start().global("__builtin__", "getattr"), "__builtin__.getattr"),
        Arguments.of(
            "an attribute of an allowed name",
            PickleBytes.start().global("collections", "OrderedDict.__init__.__globals__"),
            "collections.OrderedDict.__init__.__globals__"),
        Arguments.of(
            "a name whose dots are shifted",
            PickleBytes.start().global("torch._utils._rebuild_tensor_v2", "x"),
            "torch._utils._rebuild_tensor_v2.x"),
        Arguments.of(
            "a whole module",
            PickleBytes.start().global("__main__", "Net").op(")").op(0x81).op("}b"),
            "__main__.Net"),
        Arguments.of(
            "a module by persistent id",
            PickleBytes.start().op("(").text("module").text("Net").text("net.py").op("tQ"),
            "module"),
        Arguments.of(
            "after the tensors",
            PickleBytes.start()
                .op("}")
                .text("w")
                .tensor("FloatStorage", "0", 1, 0, new int[] {1}, new int[] {1})
                .op("s")
                .text("x")
                .global("nt", "system")
                .op("(")
                .text(COMMAND)
                .op("tRs"),
            "nt.system"));
  }

  private static PickleBytes system() {
    return PickleBytes.start().global("posix", "system");
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("routes")
  void isRefusedByName(String route, PickleBytes pickle, String asked) {
    byte[] bytes = pickle.stop();
    for (CheckpointFiles format : CheckpointFiles.values()) {
      Path file = format.write(folder, bytes, Map.of("0", new float[1]));
      assertThatThrownBy(() -> WeightFile.read(file))
          .as(route)
          .isInstanceOf(InvalidInputException.class)
          .hasMessageStartingWith(file + ": refused: the checkpoint would ")
          .hasMessageContaining("'" + asked + "'")
          .hasMessageContaining("torch.save(model.state_dict(), file)")
          .hasMessageNotContaining("\n");
    }
  }

  /** The state of a tensor, a list or a storage is nobody's to set. */
  @Test
  void stateIsSetOfDictionariesOnly() {
    PickleBytes pickle =
        PickleBytes.start()
            .op("}")
            .text("w")
            .tensor("FloatStorage", "0", 1, 0, new int[] {1}, new int[] {1})
            .op("}bs");
    Path file = CheckpointFiles.ZIP.write(folder, pickle.stop(), Map.of("0", new float[1]));

    assertThatThrownBy(() -> WeightFile.read(file))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("would set the state of a StridedTensor");
  }

  /** Neither memory nor stack is spent on what a pickle merely claims. */
  static Stream<Arguments> bombs() {
    int[] most = {0xff, 0xff, 0xff, 0x7f};
    return Stream.of(
        Arguments.of("BINUNICODE", PickleBytes.start().op("X").op(most)),
        Arguments.of("BINSTRING", PickleBytes.start().op("T").op(most)),
        Arguments.of("BINBYTES", PickleBytes.start().op("B").op(most)),
        Arguments.of("LONG4", PickleBytes.start().op(0x8b).op(most)),
        Arguments.of("BINUNICODE8", PickleBytes.start().op(0x8d).op(most).op(0, 0, 0, 0)),
        Arguments.of("BINBYTES8", PickleBytes.start().op(0x8e).op(most).op(0, 0, 0, 0)),
        Arguments.of("BYTEARRAY8", PickleBytes.start().op(0x96).op(most).op(0, 0, 0, 0)),
        Arguments.of("negative", PickleBytes.start().op("X").op(0xff, 0xff, 0xff, 0xff)),
        Arguments.of("key that holds itself", PickleBytes.start().op("}q\0h\0h\0s")),
        Arguments.of("list as a key", PickleBytes.start().op("}]q\0h\0as")),
        Arguments.of(
            "tensor that repeats one element",
            PickleBytes.start()
                .op("}")
                .text("w")
                .tensor("FloatStorage", "0", 1, 0, new int[] {1 << 14, 1 << 14}, new int[] {0, 0})
                .op("s")),
        Arguments.of(
            "shape beyond all bounds",
            PickleBytes.start()
                .op("}")
                .text("w")
                .tensor(
                    "FloatStorage",
                    "0",
                    1,
                    0,
                    new int[] {1 << 30, 1 << 30, 1 << 30, 0},
                    new int[] {1, 1, 1, 1})
                .op("s")));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("bombs")
  void claimsCostNothing(String claim, PickleBytes pickle) {
    byte[] bytes = pickle.stop();
    assertThat(bytes).hasSizeLessThan(1000);
    for (CheckpointFiles format : CheckpointFiles.values()) {
      Path file = format.write(folder, bytes, Map.of("0", new float[1]));
      assertThatThrownBy(() -> WeightFile.read(file))
          .as(claim)
          .isInstanceOf(InvalidInputException.class)
          .hasMessageStartingWith(file + ": ")
          .hasMessageNotContaining("\n");
    }
  }

  private void assertRefused(PickleBytes pickle, String message) throws IOException {
    Path file = CheckpointFiles.ZIP.write(folder, pickle.stop(), Map.of("0", new float[1]));
    assertThatThrownBy(() -> WeightFile.read(file))
        .isInstanceOf(InvalidInputException.class)
        .satisfies(e -> assertThat(e.getMessage().length()).isLessThan(1000))
        .hasMessageContaining(message);
  }

  /** Each list holds the one before it twice: printed or hashed, 30 of them never end. */
  private static PickleBytes doubled() {
    PickleBytes pickle = PickleBytes.start().op("]");
    for (int i = 0; i < 30; i++) {
      pickle.op("q").op(i).op("0](h").op(i).op("h").op(i).op("e");
    }
    return pickle;
  }

  @Test
  @Timeout(20)
  void valuesAreNeitherPrintedNorHashed() throws IOException {
    assertRefused(doubled(), "expected a dictionary of tensors");
    assertRefused(doubled().op("q").op(99).op("0}").op("h").op(99).op("Ns"), "keys must be");
    assertRefused(doubled().op("q").op(99).op("0(").op("h").op(99).op("tQ"), "load 'an object'");
    assertRefused(PickleBytes.start().op("]q").op(1).op("h").op(1).op("a"), "a dictionary");
  }

  @Test
  @Timeout(20)
  void operationsAreCounted() throws IOException {
    int most = CheckpointUnpickler.MAX_OPERATIONS;
    assertRefused(PickleBytes.start().op("N0".repeat((most - 4) / 2)).op("}"), "no tensors");
    assertRefused(PickleBytes.start().op("N0".repeat(most / 2)).op("}"), "over 4194304 operations");
  }

  @Test
  @Timeout(20)
  void aListGivenToManyCallsCountsEachTime() throws IOException {
    PickleBytes pickle = PickleBytes.start().op("](").op("]".repeat(100_000)).op("e");
    pickle.op("\u0085q").op(1).op("0").global("collections", "OrderedDict").op("q").op(2);
    for (int i = 0; i < 100; i++) {
      pickle.op("h").op(2).op("h").op(1).op("R");
    }
    assertRefused(pickle, "");
  }

  @Test
  @Timeout(20)
  void numbersOfManyDigitsAreNotRead() throws IOException {
    String digits = "9".repeat(5_000_000);
    assertRefused(PickleBytes.start().op("L" + digits + "L\n"), "more than 64 digits");
    assertRefused(PickleBytes.start().op("I" + digits + "\n"), "more than 64 digits");
    assertRefused(PickleBytes.start().op("F" + digits + "\n"), "more than 64 digits");
    assertRefused(
        PickleBytes.start().op(0x8b, 0, 0, 1, 0).op("\u00ff".repeat(65536)), "more than 64 digits");
  }
}
