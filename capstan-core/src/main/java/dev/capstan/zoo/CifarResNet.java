package dev.capstan.zoo;

import dev.capstan.graph.op.Add;
import dev.capstan.graph.op.Pad;
import dev.capstan.graph.op.Slice;
import java.util.List;

/**
 * ResNet for 32 x 32 images (He et al. 2016, section 4.2): {@code 6 * blocks + 2} layers with three
 * stages, shortcuts without parameters (option A).
 *
 * <p>Where a stage begins, its shortcut takes every other pixel and puts as many channels of zeros
 * before as after. Names are those of akamaster/pytorch_resnet_cifar10: {@code conv1}, {@code bn1},
 * {@code layerS.B.conv1|bn1|conv2|bn2}, {@code linear}.
 *
 * @param blocks residual blocks a stage
 * @param widths channels of each stage, never fewer than the one before
 */
record CifarResNet(int blocks, List<Integer> widths) implements Architecture {
  CifarResNet {
    widths = List.copyOf(widths);
    if (blocks < 1 || widths.isEmpty() || !widths.stream().sorted().toList().equals(widths)) {
      throw new IllegalArgumentException(
          "expected blocks and widths that never shrink, found " + blocks + " and " + widths);
    }
  }

  @Override
  public int defaultClasses() {
    return 10;
  }

  @Override
  public String classifier() {
    return "linear";
  }

  @Override
  public Blueprint blueprint(String name, int classes) {
    Blueprint net = new Blueprint(name, 32);
    net.conv("conv1", widths.get(0), 3, 1).batchNorm("bn1").relu("relu");
    for (int stage = 0; stage < widths.size(); stage++) {
      for (int block = 0; block < blocks; block++) {
        int stride = stage > 0 && block == 0 ? 2 : 1;
        block(net, "layer%d.%d".formatted(stage + 1, block), widths.get(stage), stride);
      }
    }
    return net.globalAveragePool("avgpool").flatten("flatten", 1).classifier(classifier(), classes);
  }

  private static void block(Blueprint net, String layer, int width, int stride) {
    String input = net.last();
    int inChannels = net.channels();
    net.conv(layer + ".conv1", width, 3, stride).batchNorm(layer + ".bn1").relu(layer + ".relu1");
    String residual = net.conv(layer + ".conv2", width, 3, 1).branchNorm(layer + ".bn2").last();
    String shortcut = input;
    if (stride > 1) {
      shortcut = shortcut(net.from(input, inChannels), layer + ".shortcut", width);
    }
    net.node(layer + ".add", new Add(), residual, shortcut).relu(layer + ".relu2");
  }

  private static String shortcut(Blueprint net, String layer, int width) {
    int added = width - net.channels();
    int before = added / 2;
    Slice everyOther =
        new Slice(
            List.of(0L, 0L),
            List.of(Long.MAX_VALUE, Long.MAX_VALUE),
            List.of(2, 3),
            List.of(2L, 2L));
    List<Integer> pads = List.of(0, before, 0, 0, 0, added - before, 0, 0);
    net.node(layer + ".slice", everyOther, net.last());
    net.node(layer + ".pad", new Pad(Pad.Mode.CONSTANT, pads, 0), net.last());
    return net.from(net.last(), width).last();
  }
}
