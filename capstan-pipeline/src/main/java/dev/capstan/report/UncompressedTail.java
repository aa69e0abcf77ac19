package dev.capstan.report;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What comes after the part of a network that can be worked with, and is carried over unchanged.
 *
 * @param reasons one line for all nodes it begins with that lack the same: what is missing
 * @param weighted nodes in it that hold weights, which are not compressed
 * @param reads tensors that go into it: the network is matched there
 * @param macs its multiply-accumulates for one input, which the network's hold, as far as known
 * @param parameters its trained numbers, which the network's hold
 * @param uncounted nodes whose multiply-accumulates nobody knows: the network has at least what is
 *     told
 * @param assumed inputs that it was run with ones for, since nothing else was given
 * @param refusal why ONNX Runtime could not run it; null if it was run
 */
public record UncompressedTail(
    List<String> reasons,
    List<String> weighted,
    List<String> reads,
    long macs,
    long parameters,
    List<String> uncounted,
    List<String> assumed,
    @Nullable String refusal) {
  /** Copies the lists. */
  public UncompressedTail {
    reasons = List.copyOf(reasons);
    weighted = List.copyOf(weighted);
    reads = List.copyOf(reads);
    uncounted = List.copyOf(uncounted);
    assumed = List.copyOf(assumed);
  }
}
