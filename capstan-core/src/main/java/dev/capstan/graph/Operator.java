package dev.capstan.graph;

import dev.capstan.error.InvalidInputException;
import java.util.List;

/**
 * What one operator means: its attributes, the shapes it gives, what it costs and how it treats
 * channels.
 *
 * <p>An operator is in one canonical form, whatever the opset it was read from: what a model may
 * give as attribute or as constant input (axes, pads, limits) is part of the operator. How it is
 * read and written stands in {@code onnx}, how it runs in {@code engine}, under the same name.
 */
public interface Operator {
  /** The operator's name in ONNX. */
  default String type() {
    return getClass().getSimpleName();
  }

  /**
   * Types of the outputs.
   *
   * @throws InvalidInputException if the operands do not fit the operator
   */
  List<TensorType> infer(Operands operands);

  /**
   * Multiply-accumulates of one application. Only operators that can multiply by weights count
   * (Conv, ConvTranspose, DeformConv, Gemm, MatMul, Einsum).
   *
   * @param outputs the types {@link #infer} gave
   * @return the number, for every element of the batch together
   */
  default long macs(Operands operands, List<TensorType> outputs) {
    return 0;
  }

  /**
   * Whether results may jump where operands differ by rounding alone. Two runtimes can then be told
   * apart on equal operands only.
   */
  default boolean jumps() {
    return false;
  }

  /** Says how channels pass from inputs to outputs. */
  void channels(ChannelFlow flow);

  /**
   * This operator where its operands have other numbers of channels; most hold none.
   *
   * @param widths gives the numbers
   */
  default Operator resized(Widths widths) {
    return this;
  }

  /** The numbers of channels around an operator after compression. */
  interface Widths {
    /** Shape an input had before. */
    Shape shapeBefore(int index);

    /**
     * Where the channels lie that were taken from an input by their numbers: those of a compressed
     * space, which are only ever taken all together, are as many as it has now.
     */
    int[] moved(int index, int[] channels);

    /** Channels an input had along its channel axis before. */
    int inputBefore(int index);

    /** Channels of an input along its channel axis. */
    int input(int index);

    /** Channels of an output along its channel axis. */
    int output(int index);

    /** The channel axis of an input, -1 if it has none. */
    int inputAxis(int index);

    /** The channel axis of an output, -1 if it has none. */
    int outputAxis(int index);
  }
}
