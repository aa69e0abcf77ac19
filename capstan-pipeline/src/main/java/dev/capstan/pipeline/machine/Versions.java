package dev.capstan.pipeline.machine;

import dev.capstan.ort.OrtModel;
import dev.capstan.pipeline.result.Version;
import dev.capstan.torch.TorchSession;
import java.util.LinkedHashMap;
import java.util.Map;

/** Versions of what computes; nothing is loaded to tell them. */
public final class Versions {
  private Versions() {}

  /** By name, the tool's own first. */
  public static Map<String, String> all() {
    Map<String, String> versions = new LinkedHashMap<>();
    versions.put("capstan", Version.NUMBER);
    versions.put("libtorch", TorchSession.libraries().getOrDefault("libtorch", "unknown"));
    versions.put("ONNX Runtime", OrtModel.packagedVersion());
    versions.put("Java", Runtime.version() + ", " + System.getProperty("java.vm.name"));
    return versions;
  }
}
