package dev.capstan.torch.internal.train;

import dev.capstan.data.Batch;
import dev.capstan.data.ImageSubset;
import dev.capstan.graph.Graph;
import dev.capstan.torch.internal.distributed.BatchSums;
import dev.capstan.torch.internal.distributed.Parcel;
import dev.capstan.torch.internal.distributed.ProcessGroup;
import dev.capstan.torch.internal.engine.Execution;
import dev.capstan.torch.internal.engine.Program;
import dev.capstan.torch.internal.regression.NormalEquations;
import dev.capstan.torch.internal.tensor.Precision;
import dev.capstan.torch.internal.tensor.Tensors;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * The equations that {@link Features} are solved from, one a pixel of the feature map. Owns the
 * weights of both networks.
 */
public final class FeatureSums implements BatchSums {
  /** What others take their part in. */
  public static final String WORK = "original's features";

  private static final String PRECISION = "teacher's precision";

  private final Graph student;
  private final Teacher teacher;
  private final Program own;
  private final Program original;
  private final NormalEquations equations;
  private final ScalarType type;
  private long images;

  /**
   * Of no images yet.
   *
   * @param map that both networks have
   * @param execution how the student is run
   */
  FeatureSums(FeatureMap map, Graph student, Teacher teacher, Execution execution) {
    this.student = student;
    this.teacher = teacher;
    this.type = execution.precision().storage();
    this.own = new Program(map.watched(student), execution);
    this.original = new Program(map.watched(teacher.graph()), teacher.execution());
    this.equations = new NormalEquations(map.channels(), map.targetChannels());
  }

  /** What was told of some. */
  public static FeatureSums of(Parcel told, ImageSubset images, Execution execution) {
    Graph student = told.networks().get(0);
    Graph teacher = told.networks().get(1);
    Precision precision = Precision.valueOf(told.word(PRECISION));
    return new FeatureSums(
        Objects.requireNonNull(FeatureMap.last(student, teacher)),
        student,
        new Teacher(teacher, new Execution(precision, execution.threads())),
        execution);
  }

  @Override
  public Parcel told() {
    Map<String, String> words = Map.of(PRECISION, teacher.execution().precision().name());
    return new Parcel(WORK, words, Map.of(), List.of(student, teacher.graph()));
  }

  @Override
  public void add(Batch batch, long first) {
    try (NoGradGuard guard = new NoGradGuard();
        PointerScope scope = new PointerScope()) {
      Tensor[] pixels = Tensors.of(batch);
      equations.add(rows(own, pixels), rows(original, pixels));
      images += batch.size();
    }
  }

  /** The features of a watched network, one row a pixel. */
  private Tensor rows(Program watched, Tensor[] pixels) {
    Tensor[] outputs = watched.run(pixels);
    try {
      Tensor map = outputs[outputs.length - 1];
      return map.permute(0, 2, 3, 1).reshape(-1, map.size(1)).to(type);
    } finally {
      Arrays.stream(outputs).forEach(Tensor::close);
    }
  }

  @Override
  public void total(ProcessGroup group) {
    equations.total(group);
    images = Math.round(group.sum(images));
  }

  /** What was summed up; stays this object's. */
  NormalEquations equations() {
    return equations;
  }

  /** Images that it has seen. */
  long images() {
    return images;
  }

  @Override
  public void close() {
    own.close();
    original.close();
    equations.close();
  }
}
