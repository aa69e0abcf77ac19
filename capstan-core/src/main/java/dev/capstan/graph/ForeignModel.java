package dev.capstan.graph;

/** A node of a model file as a model of its own, which a runtime can load. */
public interface ForeignModel {
  /** The file's bytes; inputs and outputs have the names that they have at the node. */
  byte[] bytes();
}
