package dev.capstan.graph;

import java.util.Set;

/** A node of a model file as a model of its own, which a runtime can load. */
public interface ForeignModel {
  /** The file's bytes; inputs and outputs have the names that they have at the node. */
  byte[] bytes();

  /** Names of what a run is given; all else that the node reads is part of the model. */
  Set<String> inputs();
}
