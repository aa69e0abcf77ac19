package dev.capstan.torch;

import dev.capstan.compress.CompressedNetwork;
import dev.capstan.data.ImageStore;
import dev.capstan.data.ImageSubset;
import dev.capstan.graph.Constant;
import dev.capstan.graph.Graph;
import dev.capstan.rank.RankGrid;
import dev.capstan.recipe.stage.CalibrationRecipe;
import dev.capstan.recipe.stage.Choices;
import dev.capstan.recipe.stage.MeasureRecipe;
import dev.capstan.recipe.stage.Measured;
import dev.capstan.recipe.stage.RefitRecipe;
import dev.capstan.rewrite.FoldBatchNorm;
import dev.capstan.rewrite.Rewriter;
import dev.capstan.space.Bases;
import dev.capstan.space.Basis;
import dev.capstan.space.ChannelSpaces;
import dev.capstan.space.ChannelSpaces.Residual;
import dev.capstan.space.Space;
import dev.capstan.torch.internal.calibrate.Calibration;
import dev.capstan.torch.internal.calibrate.CalibrationSums;
import dev.capstan.torch.internal.distributed.Summation;
import dev.capstan.torch.internal.engine.Execution;
import dev.capstan.torch.internal.statistics.ChannelMoments;
import dev.capstan.torch.internal.tensor.Precision;
import dev.capstan.torch.internal.train.SharedFeatures;
import dev.capstan.zoo.Zoo;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Sums over batches that processes may share: of several sizes, over images of which some lack. */
record SharedSums(TorchSession session, Summation summation, ImageStore store) {
  static final Execution EXECUTION = new Execution(Precision.FP32, 1);

  private static final Graph GRAPH =
      Rewriter.apply(Zoo.randomCifarResNet(1, List.of(8, 16), 10, 3), new FoldBatchNorm());
  private static final ChannelSpaces SPACES = ChannelSpaces.of(GRAPH, Residual.KEEP);

  /** Twelve batches, the last of which is smaller than the others. */
  private static final int BATCH = 25;

  private ImageSubset images() {
    return ImageSubset.all(store);
  }

  private static CompressedNetwork halved() {
    Map<String, Basis> bases = new LinkedHashMap<>();
    SPACES
        .compressible()
        .forEach(space -> bases.put(space.name(), Basis.first(space, space.width() / 2)));
    return CompressedNetwork.of(SPACES, new Bases(bases));
  }

  /** All of them, by name. */
  Map<String, double[]> all() {
    Map<String, double[]> sums = new LinkedHashMap<>();
    evaluation(sums);
    agreement(sums);
    calibration(sums);
    measuring(sums);
    sums.put(
        "features", SharedFeatures.figures(halved().graph(), GRAPH, images(), BATCH, summation));
    return sums;
  }

  private void evaluation(Map<String, double[]> sums) {
    Evaluation found = session.evaluate(GRAPH, images(), "evaluation");
    sums.put(
        "evaluation",
        new double[] {found.top1(), found.top5(), found.loss(), (double) found.images()});
  }

  private void agreement(Map<String, double[]> sums) {
    Agreement found = session.agreement(GRAPH, halved().graph(), images(), "agreement");
    sums.put("agreement", new double[] {Objects.requireNonNull(found.top1()), found.divergence()});
    sums.put(
        "errors", found.outputErrors().values().stream().mapToDouble(Double::valueOf).toArray());
    Choices choices = Objects.requireNonNull(found.choices());
    sums.put("divergences", choices.divergences());
    sums.put("images", Arrays.stream(choices.images()).asDoubleStream().toArray());
    sums.put("classes", Arrays.stream(choices.network()).asDoubleStream().toArray());
  }

  private void calibration(Map<String, double[]> sums) {
    Calibration calibration = new Calibration(SPACES, SPACES.compressible());
    try (CalibrationSums moments = new CalibrationSums(calibration, EXECUTION)) {
      summation.over("calibration", images(), BATCH, moments);
    }
    sums.put("calibrated", new double[] {calibration.images()});
    calibration
        .scales()
        .values()
        .forEach((value, scale) -> sums.put("scale of " + value, new double[] {scale}));
    for (Space space : SPACES.compressible()) {
      sums.put("energies of " + space.name(), calibration.activationEnergies(space));
      float[] rebuilt = calibration.rebuilding(space, 0, 1, 2).decode().values();
      double[] rows = new double[rebuilt.length];
      Arrays.setAll(rows, i -> (double) Math.round(1e5 * rebuilt[i]));
      sums.put("rebuilding of " + space.name(), rows);
    }
  }

  private void measuring(Map<String, double[]> sums) {
    Measured found =
        session.sensitivities(
            SPACES, SPACES.compressible(), new MeasureRecipe(new RankGrid(2, 1), 0), images());
    sums.put("measuring", new double[] {found.imagesSeen(), found.forwardRuns()});
    found
        .sensitivities()
        .bySpace()
        .forEach(
            (space, curve) ->
                sums.put(
                    "curve of " + space,
                    curve.points().values().stream().mapToDouble(Double::valueOf).toArray()));
  }

  /** What any number of processes gives to the bit: checkpoints know by it whose they are. */
  Map<String, Constant> exact() {
    Map<String, Constant> exact = new LinkedHashMap<>();
    CalibrationRecipe recipe = new CalibrationRecipe(100, BATCH, 3);
    session
        .reestimate(halved(), images(), recipe)
        .constants()
        .forEach((name, constant) -> exact.put("re-estimated " + name, constant));
    ChannelMoments.of(GRAPH, images(), BATCH, summation)
        .forEach(
            (value, statistics) -> {
              exact.put("means of " + value, bits(statistics.mean()));
              exact.put("variances of " + value, bits(statistics.variance()));
            });
    return exact;
  }

  static Constant bits(double... numbers) {
    return Constant.of(
        Arrays.stream(numbers).mapToLong(Double::doubleToRawLongBits).toArray(), numbers.length);
  }

  Map<String, Constant> refitted() {
    return session.refit(halved(), images(), new RefitRecipe(100, BATCH, 1e-4, 3)).constants();
  }
}
