package dev.capstan.torch.internal.calibrate;

import dev.capstan.graph.Graph;
import dev.capstan.graph.Node;
import dev.capstan.torch.internal.engine.Execution;
import dev.capstan.torch.internal.engine.Program;
import dev.capstan.torch.internal.engine.Values;
import java.util.function.Function;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;

/** Runs a network, forward only, for somebody who wants to see its values. */
public final class OriginalRun implements AutoCloseable {
  private final Program program;

  /** A network made ready to be watched. */
  public OriginalRun(Graph graph, Execution execution) {
    this.program = new Program(graph, execution);
  }

  /** Sees the values of a run while they are there. */
  public interface Observer {
    /** Called after each node, whose inputs and outputs {@code values} can give. */
    void after(Node node, Function<String, Tensor> values);
  }

  /**
   * One forward pass without gradients.
   *
   * @param images stay the caller's
   */
  public void observe(Tensor[] images, Observer observer) {
    try (NoGradGuard guard = new NoGradGuard();
        Values values = program.begin(images)) {
      program.walk(
          values,
          (step, run) -> {
            program.execute(step, run);
            observer.after(step.node(), name -> run.get(program.slot(name)));
          });
    }
  }

  @Override
  public void close() {
    program.close();
  }
}
