package dev.capstan.onnx;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import dev.capstan.error.InvalidInputException;
import dev.capstan.graph.Metadata;
import java.util.LinkedHashMap;
import java.util.Map;

/** What a model says beside its graph. */
final class ModelMetadata {
  /** What runtimes of the last years load; nothing that is written here needs more. */
  private static final long NEWEST = 10;

  static final long MIN_OPSET = 7;
  static final long MAX_OPSET = 26;

  private ModelMetadata() {}

  static Metadata read(ModelProto model) {
    Map<String, Long> opsets = new LinkedHashMap<>();
    for (OperatorSetIdProto opset : model.getOpsetImportList()) {
      boolean standard = NodeParser.isStandard(opset.getDomain());
      Long other = opsets.put(standard ? "" : opset.getDomain(), opset.getVersion());
      if (other != null && other != opset.getVersion()) {
        throw new InvalidInputException(
            "operators of domain '%s' are of opset %d and of opset %d"
                .formatted(opset.getDomain(), other, opset.getVersion()));
      }
    }
    Map<String, String> properties = new LinkedHashMap<>();
    for (StringStringEntryProto entry : model.getMetadataPropsList()) {
      properties.put(entry.getKey(), entry.getValue());
    }
    return new Metadata(
        model.getIrVersion(),
        opsets,
        model.getProducerName(),
        model.getProducerVersion(),
        model.getDomain(),
        model.getModelVersion(),
        model.getDocString(),
        model.getGraph().getDocString(),
        properties);
  }

  /** Fails unless the operators' meaning in this opset is known. */
  static void checkOpset(long opset) {
    if (opset < MIN_OPSET || opset > MAX_OPSET) {
      throw new InvalidInputException(
          "opset %d is not supported, expected %d to %d; export the model again with one of them"
              .formatted(opset, MIN_OPSET, MAX_OPSET));
    }
  }

  /**
   * A model whose graph has but its words.
   *
   * <p>IR version 3 wants each initializer listed as an input too, which lets a caller replace
   * weights and keeps runtimes from folding them. Version 4 does not, and every runtime since 2019
   * reads it with any opset, so older ones are raised to it.
   */
  static ModelProto.Builder write(Metadata metadata) {
    ModelProto.Builder model =
        ModelProto.newBuilder()
            .setIrVersion(Math.min(NEWEST, Math.max(4, metadata.irVersion())))
            .setProducerName(metadata.producer())
            .setProducerVersion(metadata.producerVersion())
            .setDomain(metadata.domain())
            .setModelVersion(metadata.modelVersion())
            .setDocString(metadata.doc());
    Map<String, Long> opsets = metadata.withOpset(metadata.opset()).opsets();
    opsets.forEach((domain, version) -> model.addOpsetImport(opset(domain, version)));
    metadata.properties().forEach((key, value) -> model.addMetadataProps(entry(key, value)));
    if (!metadata.graphDoc().isEmpty()) {
      model.getGraphBuilder().setDocString(metadata.graphDoc());
    }
    return model;
  }

  private static OperatorSetIdProto opset(String domain, long version) {
    return OperatorSetIdProto.newBuilder().setDomain(domain).setVersion(version).build();
  }

  static StringStringEntryProto entry(String key, String value) {
    return StringStringEntryProto.newBuilder().setKey(key).setValue(value).build();
  }
}
