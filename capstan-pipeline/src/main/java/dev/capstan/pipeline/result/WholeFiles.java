package dev.capstan.pipeline.result;

import dev.capstan.data.Batch;
import dev.capstan.data.Batches;
import dev.capstan.data.ImageSubset;
import dev.capstan.distance.OutputError;
import dev.capstan.graph.Constant;
import dev.capstan.ort.OrtModel;
import dev.capstan.ort.RunInputs;
import dev.capstan.outputs.judged.JudgedOutputs;
import dev.capstan.pipeline.input.RunImages;
import dev.capstan.pipeline.input.Session;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * What a whole file gives beside its original, in ONNX Runtime: of a file with a tail nothing else
 * can tell.
 */
final class WholeFiles {
  /** Images, at most: they go through both files one by one. */
  private static final int IMAGES = 200;

  private WholeFiles() {}

  /**
   * How far a file is from its original.
   *
   * @param byOutput error of each output of the file, by name
   * @param images on which that was told
   */
  record Errors(Map<String, Double> byOutput, long images) {}

  /**
   * Runs both files image by image, or in batches of the size that they fix: both ran in a process
   * of their own before, the original when its tail was looked at, the other when it was written.
   *
   * @throws dev.capstan.error.InvalidInputException if ONNX Runtime cannot run them
   */
  static Errors errors(Session session, Path result) {
    Set<String> lists = JudgedOutputs.lists(session.source().graph());
    int threads = session.inputs().compute().threads();
    Map<String, OutputError> errors = new LinkedHashMap<>();
    ImageSubset images = session.scorer().compared().sample(IMAGES, 0);
    RunImages runs = new RunImages(images.store(), session.source().graph().inputs(), 0);
    RunInputs beside = session.input().runInputs();
    int size = runs.size(1);
    long seen = 0;
    try (OrtModel original = OrtModel.open(session.source().stored().file(), threads);
        OrtModel small = OrtModel.open(result, threads);
        Batches batches = images.batches(size, threads)) {
      while (batches.hasNext()) {
        Batch batch = batches.next();
        if (batch.size() == size) {
          Map<String, Constant> fed = beside.fixed(original.inputs(), size);
          fed.putAll(runs.named(batch));
          add(errors, apart(original.run(fed), lists), small.run(fed), size);
          seen += size;
        }
      }
    }
    Map<String, Double> relative = new LinkedHashMap<>();
    errors.forEach((name, error) -> relative.put(name, error.relative()));
    return new Errors(relative, seen);
  }

  private static Map<String, Constant> apart(Map<String, Constant> outputs, Set<String> lists) {
    Map<String, Constant> others = new LinkedHashMap<>(outputs);
    others.keySet().removeAll(lists);
    return others;
  }

  private static void add(
      Map<String, OutputError> errors,
      Map<String, Constant> wanted,
      Map<String, Constant> found,
      int images) {
    wanted.forEach(
        (name, output) -> {
          Constant other = found.get(name);
          if (other != null) {
            boolean apart = output.rank() > 0 && output.size(0) == images && images > 1;
            errors
                .computeIfAbsent(name, key -> new OutputError())
                .add(floats(output), floats(other), apart ? images : 1);
          }
        });
  }

  private static float[] floats(Constant tensor) {
    if (tensor.type().isFloating()) {
      return tensor.floats();
    }
    long[] longs = tensor.longs();
    float[] floats = new float[longs.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = longs[i];
    }
    return floats;
  }
}
