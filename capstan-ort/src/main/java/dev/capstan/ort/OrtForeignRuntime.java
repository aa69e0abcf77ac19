package dev.capstan.ort;

import dev.capstan.graph.Constant;
import dev.capstan.graph.ForeignModel;
import dev.capstan.graph.ForeignRuntime;
import java.util.Map;

/** ONNX Runtime in this process: for what it ran in a process of its own before. */
public final class OrtForeignRuntime implements ForeignRuntime {
  @Override
  public Loaded load(ForeignModel model) {
    OrtModel loaded = OrtModel.of(model.bytes(), 1);
    return new Loaded() {
      @Override
      public Map<String, Constant> run(Map<String, Constant> inputs) {
        return loaded.run(inputs);
      }

      @Override
      public void close() {
        loaded.close();
      }
    };
  }
}
