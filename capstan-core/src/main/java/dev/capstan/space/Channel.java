package dev.capstan.space;

import java.util.ArrayList;
import java.util.List;

/**
 * One channel while the analysis runs: a node of a union-find forest, since operators say which
 * channels are one and the same. Its root holds what is known of it.
 */
final class Channel {
  private final String name;
  private final int order;
  private Freedom freedom = Freedom.FREE;
  private String reason = "";
  private boolean stream;
  private Channel parent = this;

  /**
   * A channel that is not yet known to be another one.
   *
   * @param name the node or graph input that gives it
   * @param order how many channels there were before it
   */
  Channel(String name, int order) {
    this.name = name;
    this.order = order;
  }

  /** The first of the channels that are one with this one. */
  Channel root() {
    Channel root = this;
    while (root.parent != root) {
      root = root.parent;
    }
    parent = root;
    return root;
  }

  /** How many channels there were before it. */
  int order() {
    return order;
  }

  String name() {
    return name;
  }

  Freedom freedom() {
    return root().freedom;
  }

  String reason() {
    return root().reason;
  }

  boolean isStream() {
    return root().stream;
  }

  void restrict(Freedom to, String why) {
    Channel root = root();
    if (to.compareTo(root.freedom) > 0) {
      root.freedom = to;
      root.reason = why;
    }
  }

  void markStream() {
    root().stream = true;
  }

  /** Makes two channels one. */
  static void join(Channel a, Channel b) {
    Channel first = a.root().order <= b.root().order ? a.root() : b.root();
    Channel second = first == a.root() ? b.root() : a.root();
    if (first != second) {
      second.parent = first;
      first.restrict(second.freedom, second.reason);
      first.stream |= second.stream;
    }
  }

  /**
   * Makes every {@code times} channels one.
   *
   * @param inRow whether those are next to each other, not one in each of {@code times} equal runs
   * @return the first of each
   */
  static List<Channel> merge(List<Channel> all, int times, boolean inRow) {
    List<Channel> merged = new ArrayList<>();
    int width = all.size() / times;
    for (int channel = 0; channel < width; channel++) {
      Channel first = all.get(inRow ? channel * times : channel);
      for (int part = 1; part < times; part++) {
        join(first, all.get(inRow ? channel * times + part : part * width + channel));
      }
      merged.add(first);
    }
    return merged;
  }

  @Override
  public String toString() {
    return root().name + "#" + root().order;
  }
}
