package dev.capstan.torch.internal.engine;

import dev.capstan.error.InvalidInputException;
import java.util.function.Supplier;

/** What libtorch throws reaches no user as it is: many lines that name none of his layers. */
public final class Guard {
  private static final String HELP =
      "leave the layer out with setting 'exclude', or try setting 'precision' fp32 and smaller images; please report it";

  private Guard() {}

  /**
   * Runs work in libtorch.
   *
   * @param what it is, in words that a sentence begins with
   * @throws InvalidInputException if libtorch fails
   */
  public static <T> T run(String what, Supplier<T> work) {
    try {
      return work.get();
    } catch (StepException failure) {
      throw failed(what, failure);
    } catch (RuntimeException failure) {
      // JavaCPP makes exactly this of a C++ exception; all others are ours or the listener's.
      if (failure.getClass() == RuntimeException.class) {
        throw failed(what, failure);
      }
      throw failure;
    }
  }

  private static InvalidInputException failed(String what, RuntimeException failure) {
    return new InvalidInputException(
        "%s failed in libtorch: %s: %s".formatted(what, firstLine(failure), HELP), failure);
  }

  /** What a native exception says; its other lines are a trace of libtorch's own. */
  static String firstLine(RuntimeException failure) {
    return String.valueOf(failure.getMessage()).lines().findFirst().orElse("no message");
  }

  /** A step failed; its message says which one. */
  static final class StepException extends IllegalStateException {
    private static final long serialVersionUID = 1;

    StepException(String message, RuntimeException cause) {
      super(message, cause);
    }
  }
}
