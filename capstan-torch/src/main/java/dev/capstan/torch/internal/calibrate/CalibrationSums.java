package dev.capstan.torch.internal.calibrate;

import dev.capstan.data.Batch;
import dev.capstan.data.ImageSubset;
import dev.capstan.torch.internal.distributed.BatchSums;
import dev.capstan.torch.internal.distributed.Parcel;
import dev.capstan.torch.internal.distributed.ProcessGroup;
import dev.capstan.torch.internal.engine.Execution;
import dev.capstan.torch.internal.tensor.Tensors;
import org.bytedeco.javacpp.PointerScope;

/** Shows a calibration what the original makes of images. Owns the original's weights. */
public final class CalibrationSums implements BatchSums {
  /** What others take their part in. */
  public static final String WORK = "calibration";

  private final Watched watched;
  private final Calibration calibration;
  private final OriginalRun original;

  /** For a calibration that has seen no images. */
  public CalibrationSums(Calibration calibration, Execution execution) {
    this.watched = calibration.watched();
    this.calibration = calibration;
    this.original = new OriginalRun(watched.spaces().graph(), execution);
  }

  /** What was told of one. */
  public static CalibrationSums of(Parcel told, ImageSubset images, Execution execution) {
    Watched watched = Watched.of(told);
    return new CalibrationSums(new Calibration(watched.spaces(), watched.some()), execution);
  }

  @Override
  public Parcel told() {
    return watched.told(WORK);
  }

  @Override
  public void add(Batch batch, long first) {
    try (PointerScope scope = new PointerScope()) {
      original.observe(Tensors.of(batch), calibration.batch(first, batch.size()));
    }
  }

  @Override
  public void total(ProcessGroup group) {
    calibration.total(group);
  }

  @Override
  public void close() {
    original.close();
  }
}
