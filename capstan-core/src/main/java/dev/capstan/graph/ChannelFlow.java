package dev.capstan.graph;

import org.jspecify.annotations.Nullable;

/**
 * The words in which an operator says how it treats channels (docs/method.md, section 2).
 *
 * <p>Inputs and outputs are named by index. Whatever an operator does not say is understood as
 * pinned: an input nothing was said about keeps its channels, an output nothing was said about is
 * in the original's coordinates.
 */
public interface ChannelFlow {
  /** What is known of the operands. */
  Operands operands();

  /** Type of an output. */
  TensorType outputType(int output);

  /** The axis along which input's channels lie, -1 if it has none (all its axes are left alone). */
  int axis(int input);

  /** Whether all channels of {@code input} are known to keep the original's coordinates. */
  boolean isOriginal(int input);

  /**
   * All channels of {@code input} are read through {@code axis} of the constant at {@code weight}.
   */
  void consume(int input, int weight, int axis);

  /**
   * The same in groups: {@code axis} holds the channels of one of {@code groups} equal runs, and
   * axis 0 says of which.
   */
  void consume(int input, int weight, int axis, int groups);

  /** {@code output} gets channels of its own, along {@code outputAxis}. */
  void produce(int output, int outputAxis, int width);

  /** {@code axis} of the constant at {@code weight} holds the channels of {@code output}. */
  void encode(int weight, int axis, int output);

  /** The same in groups, as in {@link #consume(int, int, int, int)}. */
  void encode(int weight, int axis, int output, int groups);

  /** As many channels of {@code input} must be kept in each of {@code groups} equal runs. */
  void groupInput(int input, int groups);

  /** As many channels of {@code output} must be kept in each of {@code groups} equal runs. */
  void groupOutput(int output, int groups);

  /**
   * What is made of a channel hangs on all those of {@code input} that are in its group, of {@code
   * groups} equal runs: a mean over them. Channels may be chosen among, as many in each group, and
   * those chosen stand for all.
   */
  void pool(int input, int groups, String why);

  /** {@code output} has the channels of {@code input}, along {@code outputAxis}. */
  void pass(int input, int output, int outputAxis);

  /**
   * {@code output} has the channels of {@code input}, each {@code repeat} times in a row, along
   * {@code outputAxis}: Flatten of an h x w plane.
   */
  void passRepeated(int input, int output, int outputAxis, int repeat);

  /**
   * {@code output} has the channels of {@code input}, all of them {@code times} times, one set
   * after the other, along {@code outputAxis}: SpaceToDepth.
   */
  void passInTurn(int input, int output, int outputAxis, int times);

  /**
   * Each channel of {@code output}, along {@code outputAxis}, is made of {@code times} channels of
   * {@code input}, which must be treated as one: DepthToSpace.
   *
   * @param inRow whether they lie next to each other, not one in each of {@code times} equal runs
   */
  void merge(int input, int output, int outputAxis, int times, boolean inRow);

  /** {@code output} has these channels of {@code input}, along the same axis. */
  void choose(int input, int output, int[] channels);

  /**
   * {@code inputs} and {@code output} share their channels one by one, as a sum of them needs.
   *
   * @param stream whether this is a residual stream: a sum of two computed tensors
   */
  void join(int[] inputs, int output, boolean stream);

  /** {@code output} has the channels of all inputs, one after the other, along {@code axis}. */
  void concatenate(int output, int axis);

  /** The channels of {@code input} do not matter: it is asked for its spatial extents alone. */
  void ignore(int input);

  /** The channels of {@code input} may be chosen among, never mixed. */
  void selectOnly(int input, String why);

  /** The channels of {@code input} stay as they are. */
  void pin(int input, String why);

  /** {@code output} keeps the original's coordinates along all axes. */
  void pinOutput(int output, String why);

  /** Whether two inputs have the very same channels, whatever lies between them. */
  boolean sameChannels(int a, int b);

  /**
   * Whether an operator that reads channels along one axis finds them there. Where an input has
   * them along another, say after a Transpose, they are pinned.
   *
   * @return true also for an input without channels
   */
  default boolean alongAxis(int input, int expected) {
    boolean found = axis(input) < 0 || axis(input) == expected;
    if (!found) {
      pin(input, "channels along axis " + axis(input));
    }
    return found;
  }

  /** The constant at an input, or null if a run gives it. */
  default @Nullable Constant constant(int input) {
    return operands().constant(input);
  }
}
