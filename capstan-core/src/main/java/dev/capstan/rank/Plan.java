package dev.capstan.rank;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * Ranks chosen for one model, and what is foretold of them.
 *
 * @param source SHA-256 of the model's file, in hexadecimal
 * @param budget what was asked, in words
 * @param macs multiply-accumulates of the compressed network, for one input
 * @param parameters its trained numbers
 * @param rise the summed rise of the relative error of the outputs
 * @param spaces what becomes of each compressible space, by name
 */
public record Plan(
    String source,
    String budget,
    long macs,
    long parameters,
    double rise,
    Map<String, Choice> spaces) {

  /**
   * What becomes of a space.
   *
   * @param width its channels
   * @param rank the channels it is given, from 1 to the width
   * @param rise of the relative error of the outputs when only this space is compressed
   * @param curve what was measured: that rise by rank, the width among them; empty where nothing
   *     was
   */
  public record Choice(int width, int rank, double rise, NavigableMap<Integer, Double> curve) {
    /** Copies the map. */
    public Choice {
      curve = Collections.unmodifiableNavigableMap(new TreeMap<>(curve));
    }

    /** What is kept of the channels. */
    public double share() {
      return (double) rank / width;
    }
  }

  /** Copies the map, keeping its order. */
  public Plan {
    spaces = Collections.unmodifiableMap(new LinkedHashMap<>(spaces));
  }

  /** The ranks alone. */
  public Ranks ranks() {
    Map<String, Integer> ranks = new LinkedHashMap<>();
    spaces.forEach(
        (name, choice) -> {
          if (choice.rank() < choice.width()) {
            ranks.put(name, choice.rank());
          }
        });
    return new Ranks(ranks);
  }
}
