package dev.capstan.graph;

import java.util.List;
import java.util.Map;

/**
 * What comes after a graph in its model file and is carried over unchanged: the nodes with
 * operators that a graph cannot hold, and all that reads what they give.
 *
 * <p>A graph with a tail is the part that can be computed and compressed. The values its tail reads
 * are outputs of the graph, so that every stage keeps them as it keeps any output; what the model
 * as a whole gives is known to the tail alone.
 */
public interface Tail {
  /** The values of the graph that it reads. */
  List<String> reads();

  /** What the model gives, in order: values of this part, or of the graph. */
  List<String> outputs();

  /** The nodes of this part that read a value, themselves or in their subgraphs. */
  List<ForeignNode> readers(String value);

  /**
   * Why there is one, a line for all nodes it begins with that lack the same: what, and where
   * first.
   */
  List<String> reasons();

  /** Its nodes, in order. */
  List<ForeignNode> nodes();

  /** The constants it reads, by name. They may be the graph's too. */
  Map<String, Constant> constants();

  /** The model's inputs that a graph could hold, in order; the graph may not need them all. */
  List<Value> inputs();

  /** Shapes of the values that it reads and gives: those of a run, if there was one. */
  SeenShapes shapes();

  /** The same after a run. */
  Tail seen(SeenShapes shapes);

  /** The same where the model gives every value that this reads or gives, to see their shapes. */
  Tail exposed();
}
