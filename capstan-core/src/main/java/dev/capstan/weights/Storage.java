package dev.capstan.weights;

import dev.capstan.error.InvalidInputException;
import dev.capstan.graph.DataType;

/**
 * PyTorch's flat array of elements, of which tensors are views; a checkpoint refers to it by key.
 *
 * @param key its name in the checkpoint
 * @param type the element type
 * @param elements the number of elements
 */
record Storage(String key, DataType type, long elements) {
  /** Checks the number, which a file claims. */
  Storage {
    if (elements < 0) {
      throw new InvalidInputException("storage '" + key + "' has " + elements + " elements");
    }
  }

  /** The number of bytes, beyond all bounds where it does not fit. */
  long bytes() {
    return elements > Long.MAX_VALUE / type.bytes() ? Long.MAX_VALUE : elements * type.bytes();
  }
}
