package dev.capstan.ort;

/**
 * How long a kernel of ONNX Runtime runs. There are fewer of them than nodes (several are computed
 * as one) and others beside them (changes of memory layout).
 *
 * @param name the runtime's name for it, mostly that of the node it came from
 * @param operator the operator's type, "ReorderInput" and "ReorderOutput" for changes of layout
 * @param millis median time in one run
 */
public record KernelTime(String name, String operator, double millis) {
  /** Whether it computes something, and does not only change the memory layout. */
  public boolean computes() {
    return !operator.startsWith("Reorder");
  }
}
