package dev.capstan.zoo;

import java.util.List;

/**
 * VGG-16 (Simonyan, Zisserman 2015, configuration D); all convolutions have a bias.
 *
 * <p>For 224 x 224 images it is torchvision's, names included: {@code features.I}, {@code
 * classifier.0|3|6}; its adaptive pooling to 7 x 7 changes nothing at this size and is left out, as
 * is Dropout. For 32 x 32 images the five poolings leave one pixel, and one linear layer {@code
 * classifier} follows, as in kuangliu/pytorch-cifar; {@code features.I} are torchvision's.
 *
 * @param batchNorm whether each convolution is followed by BatchNorm
 * @param cifar whether it is the network for 32 x 32 images
 */
record Vgg16(boolean batchNorm, boolean cifar) implements Architecture {
  private static final List<List<Integer>> STAGES =
      List.of(
          List.of(64, 64),
          List.of(128, 128),
          List.of(256, 256, 256),
          List.of(512, 512, 512),
          List.of(512, 512, 512));

  private static final int HIDDEN = 4096;

  @Override
  public int defaultClasses() {
    return cifar ? 10 : 1000;
  }

  @Override
  public String classifier() {
    return cifar ? "classifier" : "classifier.6";
  }

  @Override
  public Blueprint blueprint(String name, int classes) {
    Blueprint net = new Blueprint(name, cifar ? 32 : 224);
    features(net);
    net.flatten("flatten", cifar ? 1 : 7);
    if (!cifar) {
      net.linear("classifier.0", HIDDEN).relu("classifier.1");
      net.linear("classifier.3", HIDDEN).relu("classifier.4");
    }
    return net.classifier(classifier(), classes);
  }

  private void features(Blueprint net) {
    int index = 0;
    for (List<Integer> stage : STAGES) {
      for (int width : stage) {
        net.biasedConv("features." + index++, width, 3);
        if (batchNorm) {
          net.batchNorm("features." + index++);
        }
        net.relu("features." + index++);
      }
      net.maxPool("features." + index++, 2, 2, 0);
    }
  }
}
