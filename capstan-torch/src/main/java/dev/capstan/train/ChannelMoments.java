package dev.capstan.train;

import dev.capstan.data.Batch;
import dev.capstan.data.Batches;
import dev.capstan.engine.Execution;
import dev.capstan.engine.Program;
import dev.capstan.engine.Step;
import dev.capstan.engine.Tensors;
import dev.capstan.engine.Values;
import dev.capstan.graph.Graph;
import dev.capstan.graph.op.Conv;
import dev.capstan.rewrite.RestoreBatchNorm.Statistics;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.LongStream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarOptional;
import org.bytedeco.pytorch.T_TensorTensor_T;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** Mean and variance of the channels that every Conv of a network writes, over some images. */
public final class ChannelMoments {
  private ChannelMoments() {}

  /** The statistics by the name of a Conv's output; takes all batches. */
  public static Map<String, Statistics> of(Graph graph, Batches batches, Execution execution) {
    Map<String, Sum> sums = new HashMap<>();
    try (Program program = new Program(graph, execution)) {
      while (batches.hasNext()) {
        add(program, batches.next(), sums);
      }
    }
    Map<String, Statistics> statistics = new HashMap<>();
    sums.forEach((value, sum) -> statistics.put(value, sum.statistics()));
    return statistics;
  }

  private static void add(Program program, Batch batch, Map<String, Sum> sums) {
    try (NoGradGuard guard = new NoGradGuard();
        PointerScope scope = new PointerScope();
        Values values = program.begin(Tensors.of(batch.pixels(), batch.shape()))) {
      for (Step step : program.steps()) {
        program.execute(step, values);
        if (step.node().operator() instanceof Conv) {
          Sum sum = Sum.of(values.get(step.outputs().get(0)));
          sums.merge(step.node().output(), sum, Sum::plus);
        }
        values.drop(step.lastUses());
      }
    }
  }

  /** Count, mean and sum of squared deviations, which add up without loss (Chan et al. 1979). */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Sum(double count, double[] mean, double[] squares) {
    static Sum of(Tensor activations) {
      try (PointerScope scope = new PointerScope()) {
        long[] others = LongStream.range(0, activations.dim()).filter(axis -> axis != 1).toArray();
        Tensor wide = activations.to(ScalarType.Float);
        T_TensorTensor_T both =
            torch.var_mean(wide, others, new ScalarOptional(new Scalar(0)), false);
        double[] variance = doubles(both.get0());
        double count = (double) activations.numel() / variance.length;
        for (int c = 0; c < variance.length; c++) {
          variance[c] *= count;
        }
        return new Sum(count, doubles(both.get1()), variance);
      }
    }

    private static double[] doubles(Tensor tensor) {
      float[] values = Tensors.floats(tensor);
      double[] wide = new double[values.length];
      for (int i = 0; i < wide.length; i++) {
        wide[i] = values[i];
      }
      return wide;
    }

    Sum plus(Sum other) {
      double total = count + other.count;
      double[] means = new double[mean.length];
      double[] sums = new double[mean.length];
      for (int c = 0; c < means.length; c++) {
        double apart = other.mean[c] - mean[c];
        means[c] = mean[c] + apart * other.count / total;
        sums[c] = squares[c] + other.squares[c] + apart * apart * count * other.count / total;
      }
      return new Sum(total, means, sums);
    }

    Statistics statistics() {
      double[] variance = new double[squares.length];
      for (int c = 0; c < variance.length; c++) {
        variance[c] = squares[c] / count;
      }
      return new Statistics(mean, variance);
    }
  }
}
