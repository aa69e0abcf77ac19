package dev.capstan.space;

import java.util.ArrayList;
import java.util.List;

/**
 * A space while the analysis runs: a node of a union-find forest whose roots hold what is known.
 */
final class SpaceDraft {
  final String name;
  final int width;
  private final int order;
  private final List<String> producers = new ArrayList<>();
  private final List<String> consumers = new ArrayList<>();
  private Freedom freedom = Freedom.FREE;
  private String reason = "";
  boolean stream;
  private SpaceDraft parent = this;

  SpaceDraft(String name, int width, int order) {
    this.name = name;
    this.width = width;
    this.order = order;
  }

  SpaceDraft root() {
    SpaceDraft root = this;
    while (root.parent != root) {
      root = root.parent;
    }
    parent = root;
    return root;
  }

  void addProducer(String node) {
    root().producers.add(node);
  }

  void addConsumer(String node) {
    if (!root().consumers.contains(node)) {
      root().consumers.add(node);
    }
  }

  void restrict(Freedom to, String why) {
    if (to.compareTo(freedom) > 0) {
      freedom = to;
      reason = why;
    }
  }

  /** Makes two spaces one, under the root that came first. */
  static void join(SpaceDraft a, SpaceDraft b) {
    SpaceDraft first = a.root().order <= b.root().order ? a.root() : b.root();
    SpaceDraft second = first == a.root() ? b.root() : a.root();
    if (first == second) {
      return;
    }
    second.parent = first;
    first.producers.addAll(second.producers);
    second.consumers.forEach(first::addConsumer);
    first.restrict(second.freedom, second.reason);
    first.stream |= second.stream;
  }

  Space finish(String uniqueName) {
    return new Space(uniqueName, width, producers, consumers, freedom, reason, stream);
  }
}
