package dev.capstan.report;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What comes after the part of a network that can be worked with, and is carried over unchanged.
 *
 * @param reasons one line for each node it begins with: what is missing
 * @param weighted nodes in it that hold weights, which are not compressed
 * @param reads tensors that go into it: the network is matched there
 * @param refusal why ONNX Runtime could not run it; null if it was run
 */
public record UncompressedTail(
    List<String> reasons, List<String> weighted, List<String> reads, @Nullable String refusal) {
  /** Copies the lists. */
  public UncompressedTail {
    reasons = List.copyOf(reasons);
    weighted = List.copyOf(weighted);
    reads = List.copyOf(reads);
  }
}
