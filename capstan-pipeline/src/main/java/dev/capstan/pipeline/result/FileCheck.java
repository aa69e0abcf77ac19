package dev.capstan.pipeline.result;

import dev.capstan.error.InvalidInputException;
import dev.capstan.files.DraftFolder;
import dev.capstan.graph.Constant;
import dev.capstan.graph.Graph;
import dev.capstan.graph.Shape;
import dev.capstan.ort.OrtModel;
import dev.capstan.ort.PartsVerifier;
import dev.capstan.ort.RunInputs;
import dev.capstan.ort.Verifier;
import dev.capstan.ort.result.Verification;
import dev.capstan.ort.result.VerificationException;
import dev.capstan.outputs.judged.JudgedOutputs;
import dev.capstan.pipeline.input.RunImages;
import dev.capstan.pipeline.input.SourceModel;
import dev.capstan.pipeline.input.Trials;
import dev.capstan.recipe.Compute;
import dev.capstan.rewrite.Parts;
import dev.capstan.torch.TorchNetwork;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Verifies a file in ONNX Runtime against the network in memory: as a whole, or part by part where
 * both may rightly differ as a whole.
 *
 * @param images some of which it is verified on
 * @param inputs what the file is fed beside them
 * @param threads for it
 */
record FileCheck(SourceModel source, RunImages images, RunInputs inputs, int threads) {
  private static final int RUNS = 2;

  /** Images a run, where the file leaves that open. */
  static final int BATCH = 8;

  /**
   * A network and its file.
   *
   * @param graph as it was worked with
   * @param restored as it was written, but for its tail
   * @param file what was written
   */
  record Written(Graph graph, Graph restored, Path file) {}

  /** What it is run on. */
  private record Runs(List<Map<String, Constant>> calibration, int random) {}

  /**
   * Verifies a file on images and drawn inputs, and on those of another size if it takes one.
   *
   * @throws VerificationException if they differ
   */
  Verification verify(Written written) {
    if (Trials.isRisky(source.graph())) {
      new Trials(source, inputs).require(written.file(), 1);
    }
    return verify(written, new Runs(images.runs(RUNS, BATCH), RUNS))
        .and(OtherSize.of(source, inputs).map(size -> verify(written, size)));
  }

  private Verification verify(Written written, Runs runs) {
    Parts parts = Parts.of(written.restored());
    double tolerance = Verifier.tolerance(written.graph());
    // In single precision whatever it was learned in: that is what the file computes.
    Compute exact = Compute.fp32(threads);
    try (TorchNetwork network = new TorchNetwork(written.graph(), exact)) {
      if (parts.isWhole()) {
        // Of what a tail asks the extents of, it asks nothing else.
        Set<String> shapes = JudgedOutputs.others(written.graph());
        return new Verifier(written.file(), network::run, tolerance, shapes, threads)
            .verify(runs.calibration(), runs.random(), images.seed());
      }
      try (TorchNetwork apart = new TorchNetwork(Parts.of(written.graph()).apart(), exact);
          DraftFolder folder = DraftFolder.beside(written.file())) {
        return new PartsVerifier(parts, folder.path(), tolerance, threads)
            .verify(
                new PartsVerifier.Expected(apart::run, network::run),
                runs.calibration(),
                runs.random(),
                images.seed());
      }
    }
  }

  /** The same for images of another size, of which the outputs have the original's shapes, too. */
  private Verification verify(Written written, OtherSize size) {
    List<Map<String, Constant>> drawn =
        List.of(inputs.withSizes(size.sizes()).draw(images.inputs(), OtherSize.BATCH));
    Graph restored = written.restored();
    try {
      Verification found =
          verify(new Written(restored, restored, written.file()), new Runs(drawn, 0));
      if (restored.tail().isEmpty()) {
        checkShapes(written.file(), drawn.get(0), size.outputs());
      }
      return found;
    } catch (InvalidInputException | IllegalStateException e) {
      throw new VerificationException(
          "%s fails verification: it does not take inputs of shape %s, as the original does: %s"
              .formatted(written.file(), size.sizes(), e.getMessage()));
    }
  }

  private void checkShapes(Path file, Map<String, Constant> given, Map<String, Shape> wanted) {
    try (OrtModel model = OrtModel.open(file, threads)) {
      Map<String, Shape> found = model.shapes(given);
      if (!found.equals(wanted)) {
        throw new VerificationException(
            "%s fails verification: outputs should have the shapes %s, found %s"
                .formatted(file, wanted, found));
      }
    }
  }
}
