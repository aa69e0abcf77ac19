package dev.capstan.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** What the README says of operators, and what is tested of them, is what there is. */
class OperatorTableTest {
  @Test
  void readmeNamesAllOperators() throws IOException {
    Set<String> all = new TreeSet<>(OperatorCodecs.types());
    // Nodes that vanish when a model is read.
    all.addAll(Set.of("Constant", "ConstantOfShape", "Shape"));
    String readme = Files.readString(Path.of("../README.md")).replaceAll("\\s+", " ");
    assertThat(readme)
        .contains("Operators: " + String.join(", ", all) + ";")
        .contains("opsets %d to %d".formatted(ModelMetadata.MIN_OPSET, ModelMetadata.MAX_OPSET));
  }

  @Test
  void eachOperatorHasACase() {
    Set<String> tested = new TreeSet<>();
    OperatorCases.all()
        .forEach(
            one -> one.model().getGraph().getNodeList().forEach(n -> tested.add(n.getOpType())));
    assertThat(tested).containsAll(OperatorCodecs.types());
  }
}
