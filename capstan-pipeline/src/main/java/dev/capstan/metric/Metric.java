package dev.capstan.metric;

/**
 * A measure of how good a network is, for networks that do not classify or users who know better.
 *
 * <p>A service: a class with a public constructor without arguments, named in the file {@code
 * META-INF/services/dev.capstan.metric.Metric} of its jar, which {@code --metric-jar} gives.
 */
public interface Metric {
  /** What {@code --metric} calls it. */
  String name();

  /** Whether larger values are better. */
  boolean higherIsBetter();

  /** Begins to judge a network; each of its stages is judged apart. */
  Tally start();

  /** What was found so far of one network. Used by one thread. */
  interface Tally {
    /** Takes in what the network made of an image. */
    void add(Sample sample);

    /** The metric over all images taken in, at least one. */
    double value();
  }
}
