package dev.capstan.torch.internal.tensor;

import dev.capstan.graph.InvalidInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * The floating-point type that a run computes with.
 *
 * <p>Weights are kept in {@link #storage}; convolutions and matrix products cast their operands to
 * {@link #compute}, and what follows them runs in the type it is given.
 */
public enum Precision {
  /** IEEE single precision throughout. */
  FP32(ScalarType.Float, ScalarType.Float),
  /** Products in bfloat16 with sums in single precision; weights kept in single precision. */
  BF16(ScalarType.Float, ScalarType.BFloat16),
  /** IEEE double precision throughout: for checks, not for speed. */
  FP64(ScalarType.Double, ScalarType.Double);

  private static final Path CPU_INFO = Path.of("/proc/cpuinfo");
  private static final Predicate<String> MATRIX_UNITS = flag("amx_bf16");
  private static final Predicate<String> PRODUCTS = flag("avx512_bf16");

  private final ScalarType storage;
  private final ScalarType compute;

  Precision(ScalarType storage, ScalarType compute) {
    this.storage = storage;
    this.compute = compute;
  }

  /**
   * The precision a user names.
   *
   * @param name {@code auto}, {@code fp32} or {@code bf16}; {@code auto} is {@link #fastest}
   * @throws InvalidInputException if it is none of them
   */
  public static Precision named(String name) {
    return switch (name.toLowerCase(Locale.ROOT)) {
      case "auto" -> fastest();
      case "fp32" -> FP32;
      case "bf16" -> BF16;
      default ->
          throw new InvalidInputException(
              "unknown precision '" + name + "': use auto, fp32 or bf16");
    };
  }

  /**
   * {@link #BF16} where the CPU has matrix units for it (AMX), else {@link #FP32}.
   *
   * <p>With AVX-512 BF16 alone forward passes gain, but gradients of kernels with few channels fall
   * back to slow code: a step of ResNet-20 takes 15 times as long (docs/experiments.md). Only Linux
   * tells; elsewhere this is single precision.
   */
  public static Precision fastest() {
    return has(MATRIX_UNITS) ? BF16 : FP32;
  }

  /**
   * The precision of forward passes of which no gradient is asked and whose outputs need few
   * digits: the one named, but for {@code auto} {@link #BF16} where the CPU multiplies in it at
   * all.
   *
   * @throws InvalidInputException if there is no such name
   */
  public static Precision ofTargets(String name) {
    Precision precision = named(name);
    return name.equalsIgnoreCase("auto") && has(PRODUCTS) ? BF16 : precision;
  }

  private static Predicate<String> flag(String name) {
    return Pattern.compile("^flags.*\\b" + name + "\\b").asPredicate();
  }

  private static boolean has(Predicate<String> flags) {
    try (Stream<String> lines = Files.lines(CPU_INFO)) {
      return lines.anyMatch(flags);
    } catch (IOException notLinux) {
      return false;
    }
  }

  /** The type weights and statistics are kept in. */
  public ScalarType storage() {
    return storage;
  }

  /** The type products are computed in. */
  public ScalarType compute() {
    return compute;
  }

  /**
   * The operand of a product in the type products are computed in: a second handle if it is
   * already.
   */
  public Tensor operand(Tensor tensor) {
    return tensor.to(compute);
  }
}
