package dev.capstan.graph;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a model file says beside its graph.
 *
 * @param irVersion version of the file format
 * @param opsets version of each operator set, by domain; the standard one is the empty domain
 * @param producer name and version of the tool that wrote it
 * @param producerVersion version of that tool
 * @param domain name space of the model
 * @param modelVersion version of the model itself
 * @param doc words about it
 * @param graphDoc words about its graph, which ONNX keeps apart
 * @param properties its metadata, in the file's order
 */
public record Metadata(
    long irVersion,
    Map<String, Long> opsets,
    String producer,
    String producerVersion,
    String domain,
    long modelVersion,
    String doc,
    String graphDoc,
    Map<String, String> properties) {
  /** Version of the standard operator set where a network is made here. */
  public static final long DEFAULT_OPSET = 17;

  /** Copies the maps, keeping their order. */
  public Metadata {
    opsets = Ordered.copy(opsets);
    properties = Ordered.copy(properties);
  }

  /** What a network made here says. */
  public static Metadata ofCapstan() {
    return new Metadata(8, Map.of("", DEFAULT_OPSET), "capstan", "", "", 0, "", "", Map.of());
  }

  /** Version of the standard operator set. */
  public long opset() {
    return opsets.getOrDefault("", DEFAULT_OPSET);
  }

  /** The same with other properties. */
  public Metadata withProperties(Map<String, String> others) {
    return new Metadata(
        irVersion, opsets, producer, producerVersion, domain, modelVersion, doc, graphDoc, others);
  }

  /** The same with another version of the standard operator set. */
  public Metadata withOpset(long version) {
    Map<String, Long> changed = new LinkedHashMap<>(opsets);
    changed.put("", version);
    return new Metadata(
        irVersion,
        changed,
        producer,
        producerVersion,
        domain,
        modelVersion,
        doc,
        graphDoc,
        properties);
  }
}
