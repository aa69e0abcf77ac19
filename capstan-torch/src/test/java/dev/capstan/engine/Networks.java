package dev.capstan.engine;

import dev.capstan.graph.Constant;
import dev.capstan.graph.DataType;
import dev.capstan.graph.Dim;
import dev.capstan.graph.Graph;
import dev.capstan.graph.Shape;
import dev.capstan.graph.TensorType;
import dev.capstan.graph.op.Add;
import dev.capstan.graph.op.Conv;
import dev.capstan.graph.op.Flatten;
import dev.capstan.graph.op.Gemm;
import dev.capstan.graph.op.GlobalAveragePool;
import dev.capstan.graph.op.MaxPool;
import dev.capstan.graph.op.Pad;
import dev.capstan.graph.op.Relu;
import dev.capstan.graph.op.Slice;
import dev.capstan.graph.op.Window;
import java.util.List;
import java.util.SplittableRandom;

/** Networks with random weights. */
public final class Networks {
  private final Graph.Builder graph;
  private final SplittableRandom random = new SplittableRandom(7);
  private int count;

  private Networks(String name, int size) {
    graph = Graph.builder(name).input("x", type(3, size, size));
  }

  static TensorType type(long... sizes) {
    List<Dim> dims = new java.util.ArrayList<>(List.of(Dim.open("N")));
    for (long s : sizes) dims.add(Dim.of(s));
    return new TensorType(DataType.FLOAT32, new Shape(dims));
  }

  /** Elements uniform in [-scale, scale]. */
  static float[] random(SplittableRandom random, Shape shape, double scale) {
    float[] elements = new float[Math.toIntExact(shape.elements())];
    for (int i = 0; i < elements.length; i++) {
      elements[i] = (float) ((random.nextDouble() * 2 - 1) * scale);
    }
    return elements;
  }

  static float[] gauss(SplittableRandom random, int n, double scale) {
    float[] v = new float[n];
    for (int i = 0; i < n; i++)
      v[i] = (float) ((random.nextDouble() * 2 - 1) * scale * Math.sqrt(3));
    return v;
  }

  private String conv(String x, int in, int out, int k, int stride) {
    String name = "conv" + count++;
    graph.constant(
        name + ".w",
        Constant.of(gauss(random, out * in * k * k, Math.sqrt(2.0 / (in * k * k))), out, in, k, k));
    graph.constant(name + ".b", Constant.of(gauss(random, out, 0.1), out));
    graph.node(new Conv(Window.square(k, stride, k / 2), 1), name, x, name + ".w", name + ".b");
    return name;
  }

  private String relu(String x) {
    graph.node(new Relu(), x + ".relu", x);
    return x + ".relu";
  }

  private void fc(String x, int in, int out, String name) {
    graph.constant(name + ".w", Constant.of(gauss(random, out * in, Math.sqrt(1.0 / in)), out, in));
    graph.constant(name + ".b", Constant.of(gauss(random, out, 0.1), out));
    graph.node(Gemm.LINEAR, name, x, name + ".w", name + ".b");
  }

  public static Graph resnet(int blocks, int size) {
    Networks n = new Networks("resnet", size);
    String x = n.relu(n.conv("x", 3, 16, 3, 1));
    int width = 16;
    for (int stage = 0; stage < 3; stage++) {
      int out = 16 << stage;
      for (int b = 0; b < blocks; b++) {
        int stride = b == 0 && stage > 0 ? 2 : 1;
        String y = n.conv(n.relu(n.conv(x, width, out, 3, stride)), out, out, 3, 1);
        String skip = x;
        if (stride == 2) {
          n.graph.node(
              new Slice(
                  List.of(0L, 0L),
                  List.of((long) Integer.MAX_VALUE, (long) Integer.MAX_VALUE),
                  List.of(2, 3),
                  List.of(2L, 2L)),
              y + ".slice",
              x);
          n.graph.node(
              new Pad(Pad.Mode.CONSTANT, List.of(0, width / 2, 0, 0, 0, width / 2, 0, 0), 0),
              y + ".pad",
              y + ".slice");
          skip = y + ".pad";
        }
        n.graph.node(new Add(), y + ".add", y, skip);
        x = n.relu(y + ".add");
        width = out;
      }
    }
    n.graph.node(new GlobalAveragePool(), "gap", x);
    n.graph.node(new Flatten(1), "flat", "gap");
    n.fc("flat", 64, 10, "logits");
    return n.graph.output("logits", type(10)).build();
  }

  public static Graph vgg() {
    Networks n = new Networks("vgg", 32);
    String x = "x";
    int in = 3;
    for (int w :
        new int[] {64, 64, 0, 128, 128, 0, 256, 256, 256, 0, 512, 512, 512, 0, 512, 512, 512, 0}) {
      if (w == 0) {
        n.graph.node(new MaxPool(Window.square(2, 2, 0)), x + ".pool", x);
        x = x + ".pool";
      } else {
        x = n.relu(n.conv(x, in, w, 3, 1));
        in = w;
      }
    }
    n.graph.node(new Flatten(1), "flat", x);
    n.fc("flat", 512, 10, "logits");
    return n.graph.output("logits", type(10)).build();
  }
}
