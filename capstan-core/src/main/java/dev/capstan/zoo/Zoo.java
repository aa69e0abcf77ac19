package dev.capstan.zoo;

import dev.capstan.error.InvalidInputException;
import dev.capstan.graph.Constant;
import dev.capstan.graph.Graph;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Networks that are built from their weights, as an export from PyTorch would give them.
 *
 * <ul>
 *   <li>{@code resnet8|20|32|44|56|110}: for CIFAR's 32 x 32 images, with shortcuts of option A and
 *       the names of akamaster/pytorch_resnet_cifar10;
 *   <li>{@code vgg16-bn-cifar}: torchvision's {@code features.I} on 32 x 32 images, then one linear
 *       layer {@code classifier}, as in kuangliu/pytorch-cifar;
 *   <li>{@code resnet18|34|50}, {@code vgg16}, {@code vgg16-bn}: torchvision's, for 224 x 224
 *       images.
 * </ul>
 *
 * <p>The input {@code input} is {@code N x 3 x side x side}, the output {@code logits} is {@code N
 * x classes}, both float32, N open. BatchNorm is a node of its own; Dropout is left out. Nodes are
 * named like PyTorch's modules, constants like its parameters.
 */
public final class Zoo {
  private static final Map<String, Architecture> ARCHITECTURES = architecturesByName();

  private Zoo() {}

  private static Map<String, Architecture> architecturesByName() {
    Map<String, Architecture> all = new LinkedHashMap<>();
    for (int blocks : new int[] {1, 3, 5, 7, 9, 18}) {
      all.put("resnet" + (6 * blocks + 2), new CifarResNet(blocks, List.of(16, 32, 64)));
    }
    all.put("vgg16-bn-cifar", new Vgg16(true, true));
    all.put("resnet18", new ImageNetResNet(false, List.of(2, 2, 2, 2)));
    all.put("resnet34", new ImageNetResNet(false, List.of(3, 4, 6, 3)));
    all.put("resnet50", new ImageNetResNet(true, List.of(3, 4, 6, 3)));
    all.put("vgg16", new Vgg16(false, false));
    all.put("vgg16-bn", new Vgg16(true, false));
    return Collections.unmodifiableMap(all);
  }

  /** The names of all networks. */
  public static Set<String> architectures() {
    return ARCHITECTURES.keySet();
  }

  /**
   * A network with weights, whose last layer tells the number of classes.
   *
   * @param weights by PyTorch's names, of any floating type; {@code num_batches_tracked} is ignored
   * @throws InvalidInputException if there is no such network, or naming the tensors that are
   *     missing, misshapen or unknown
   */
  public static Graph build(String architecture, Map<String, Constant> weights) {
    Architecture chosen = architecture(architecture);
    Constant last = weights.get(chosen.classifier() + ".weight");
    int classes = last != null && last.rank() == 2 ? last.size(0) : chosen.defaultClasses();
    Blueprint blueprint = chosen.blueprint(architecture, classes);
    return blueprint.graph(WeightCheck.fit(architecture, blueprint.parameters(), weights));
  }

  /** A network with random weights, for its usual number of classes (10 or 1000). */
  public static Graph random(String architecture, long seed) {
    Architecture chosen = architecture(architecture);
    return random(chosen.blueprint(architecture, chosen.defaultClasses()), seed);
  }

  /**
   * A ResNet for 32 x 32 images with random weights, of any size.
   *
   * @param blocks residual blocks a stage: {@code 2 * blocks * widths.size() + 2} layers
   * @param widths channels of each stage, never fewer than the one before
   * @param classes number of classes
   * @param seed decides the weights
   */
  public static Graph randomCifarResNet(int blocks, List<Integer> widths, int classes, long seed) {
    return random(new CifarResNet(blocks, widths).blueprint("cifar-resnet", classes), seed);
  }

  private static Graph random(Blueprint blueprint, long seed) {
    return blueprint.graph(RandomWeights.of(blueprint.parameters(), seed));
  }

  static Architecture architecture(String name) {
    Architecture found = ARCHITECTURES.get(name);
    if (found == null) {
      throw new InvalidInputException(
          "unknown network '%s': expected one of %s"
              .formatted(name, String.join(", ", architectures())));
    }
    return found;
  }
}
