package dev.capstan.ort;

import ai.onnxruntime.OrtException;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;

/**
 * Something that {@link OrtProcess} asks of its child, and how both sides of it are written and
 * read.
 *
 * @param <T> what the answer is
 */
interface Question<T> {
  /** Writes the question, for {@link #read}. */
  void write(DataOutputStream stream) throws IOException;

  /** Reads what {@link #answer} wrote. */
  T readAnswer(DataInputStream stream) throws IOException;

  /** Finds the answer and writes it: in the child. */
  void answer(DataOutputStream stream) throws IOException, OrtException;

  /** Reads a question: in the child. */
  static Question<?> read(DataInputStream stream) throws IOException {
    return stream.readBoolean() ? Trial.read(stream) : new OneNode(stream.readAllBytes());
  }
}
