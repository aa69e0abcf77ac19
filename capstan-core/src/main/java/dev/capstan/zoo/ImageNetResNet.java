package dev.capstan.zoo;

import dev.capstan.graph.op.Add;
import java.util.List;

/**
 * ResNet for 224 x 224 images (He et al. 2016) as torchvision has it, names included: {@code
 * layerS.B.convK|bnK}, {@code layerS.0.downsample.0|1}, {@code fc}. The stride of a bottleneck is
 * in its 3 x 3 convolution ("v1.5").
 *
 * @param bottleneck whether a block is 1 x 1, 3 x 3, 1 x 1 with four times the channels at its end
 * @param blocks residual blocks, one number a stage
 */
record ImageNetResNet(boolean bottleneck, List<Integer> blocks) implements Architecture {
  private static final int BASE_WIDTH = 64;

  ImageNetResNet {
    blocks = List.copyOf(blocks);
  }

  @Override
  public int defaultClasses() {
    return 1000;
  }

  @Override
  public String classifier() {
    return "fc";
  }

  @Override
  public Blueprint blueprint(String name, int classes) {
    Blueprint net = new Blueprint(name, 224);
    net.conv("conv1", BASE_WIDTH, 7, 2).batchNorm("bn1").relu("relu").maxPool("maxpool", 3, 2, 1);
    for (int stage = 0; stage < blocks.size(); stage++) {
      for (int block = 0; block < blocks.get(stage); block++) {
        int stride = stage > 0 && block == 0 ? 2 : 1;
        block(net, "layer%d.%d".formatted(stage + 1, block), BASE_WIDTH << stage, stride);
      }
    }
    return net.globalAveragePool("avgpool").flatten("flatten", 1).classifier(classifier(), classes);
  }

  private void block(Blueprint net, String layer, int width, int stride) {
    String input = net.last();
    int inChannels = net.channels();
    String residual =
        bottleneck ? bottleneck(net, layer, width, stride) : basic(net, layer, width, stride);
    int outChannels = net.channels();
    String shortcut = input;
    if (stride > 1 || inChannels != outChannels) {
      net.from(input, inChannels).conv(layer + ".downsample.0", outChannels, 1, stride);
      shortcut = net.batchNorm(layer + ".downsample.1").last();
    }
    net.node(layer + ".add", new Add(), residual, shortcut).relu(layer + ".relu");
  }

  private static String basic(Blueprint net, String layer, int width, int stride) {
    net.conv(layer + ".conv1", width, 3, stride).batchNorm(layer + ".bn1").relu(layer + ".relu1");
    return net.conv(layer + ".conv2", width, 3, 1).branchNorm(layer + ".bn2").last();
  }

  private static String bottleneck(Blueprint net, String layer, int width, int stride) {
    net.conv(layer + ".conv1", width, 1, 1).batchNorm(layer + ".bn1").relu(layer + ".relu1");
    net.conv(layer + ".conv2", width, 3, stride).batchNorm(layer + ".bn2").relu(layer + ".relu2");
    return net.conv(layer + ".conv3", 4 * width, 1, 1).branchNorm(layer + ".bn3").last();
  }
}
