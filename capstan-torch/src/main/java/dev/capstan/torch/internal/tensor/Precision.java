package dev.capstan.torch.internal.tensor;

import dev.capstan.recipe.Compute;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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

  /** The precision asked for; {@code AUTO} is {@link #fastest}. */
  public static Precision of(Compute.Precision asked) {
    return switch (asked) {
      case AUTO -> fastest();
      case FP32 -> FP32;
      case BF16 -> BF16;
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
   * digits: the one asked for, but for {@code AUTO} {@link #BF16} where the CPU multiplies in it at
   * all.
   */
  public static Precision ofTargets(Compute.Precision asked) {
    return asked == Compute.Precision.AUTO && has(PRODUCTS) ? BF16 : of(asked);
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
