package dev.capstan.cli;

import dev.capstan.compress.BasesFile;
import dev.capstan.data.Dataset;
import dev.capstan.data.ImageDecoder;
import dev.capstan.data.ImageIoDecoder;
import dev.capstan.data.Split;
import dev.capstan.data.format.Datasets;
import dev.capstan.data.npy.ArrayFile;
import dev.capstan.error.InvalidInputException;
import dev.capstan.graph.Constant;
import dev.capstan.graph.Graph;
import dev.capstan.pipeline.Inspector;
import dev.capstan.rank.allocate.PlanFile;
import dev.capstan.space.ChannelSpaces;
import dev.capstan.space.ChannelSpaces.Residual;
import dev.capstan.torch.Decoders;
import dev.capstan.torch.internal.checkpoint.Checkpoint;
import dev.capstan.weights.WeightFile;
import dev.capstan.zoo.Zoo;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/** All that reads files of others, with whole files to begin from. */
public enum Reader {
  MODEL("model.onnx", ReaderSamples::models, Inspector::of),
  ZIP_CHECKPOINT("weights.pt", ReaderSamples::zipCheckpoint, Reader::weights),
  LEGACY_CHECKPOINT("weights.pth", ReaderSamples::legacyCheckpoint, Reader::weights),
  SAFETENSORS("weights.safetensors", ReaderSamples::safetensors, Reader::weights),
  SHARD("shard.tar", ReaderSamples::shard, Reader::images),
  CIFAR("data_batch_1.bin", ReaderSamples::cifar, Reader::images),
  ARRAYS("arrays.npz", ReaderSamples::arrays, Reader::arrays),
  PICTURE("picture", ReaderSamples::pictures, file -> decode(new ImageIoDecoder(), file)),
  NATIVE_PICTURE("picture.jpg", ReaderSamples::native_, file -> decode(Decoders.fast(), file)),
  CLASSES("classes.txt", ReaderSamples::classes, Datasets::readClasses),
  PLAN("plan.json", ReaderSamples::plan, Reader::plan),
  BASES("model.bases.safetensors", ReaderSamples::bases, Reader::bases),
  TRAINING_STATE("training.state", ReaderSamples::trainingState, Checkpoint::read),
  CONFIGURATION("capstan.yaml", ReaderSamples::configuration, Reader::configuration);

  static final Graph GRAPH = Zoo.randomCifarResNet(1, List.of(8, 16), 10, 1);
  static final ChannelSpaces SPACES = ChannelSpaces.of(GRAPH, Residual.KEEP);
  static final String SOURCE = "0123abcd";

  /** Reading one takes milliseconds; what takes this long would take for ever. */
  private static final long LONGEST = 10_000_000_000L;

  private final String fileName;
  private final Samples samples;
  private final Reading reading;

  Reader(String fileName, Samples samples, Reading reading) {
    this.fileName = fileName;
    this.samples = samples;
    this.reading = reading;
  }

  /** Where small files lie with which a fuzzer reached new code. */
  Path kept() {
    return Path.of("src/test/resources/dev/capstan/fuzz", name()).toAbsolutePath();
  }

  /** Makes whole files. */
  interface Samples {
    /** Their bytes; a folder to make them in. */
    List<byte[]> in(Path folder) throws IOException;
  }

  /** Reads a file. */
  private interface Reading {
    void of(Path file) throws IOException;
  }

  /** What its files may be called. */
  String fileName() {
    return fileName;
  }

  /** Whole files. */
  List<byte[]> samples(Path folder) throws IOException {
    return samples.in(folder);
  }

  /**
   * Reads a file of any bytes.
   *
   * @throws AssertionError if it is not refused as a file is: by its name, without a trace; or if
   *     it takes more than 10 s of a core, whoever else wants the machine
   */
  void survive(Path file) {
    long began = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    read(file);
    long took = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - began;
    if (took > LONGEST) {
      throw new AssertionError("%.1f s of a core".formatted(took * 1e-9));
    }
  }

  private void read(Path file) {
    try {
      reading.of(file);
    } catch (InvalidInputException e) {
      if (!String.valueOf(e.getMessage()).contains(fileName)) {
        throw new AssertionError("refused without its name: " + e.getMessage(), e);
      }
    } catch (IOException e) {
      throw new AssertionError("refused as no file is", e);
    }
  }

  private static void weights(Path file) {
    WeightFile.read(file).values().forEach(Constant::floats);
  }

  /** A damaged image is left out; nothing else may come of it. */
  private static void images(Path file) {
    Dataset set = Datasets.open(file, Split.TRAIN);
    for (int i = 0; i < set.size(); i++) {
      try {
        set.image(i, new ImageIoDecoder());
      } catch (IOException damaged) {
        // As it should be.
      }
    }
  }

  /** As a set of images reads them. */
  private static void arrays(Path file) throws IOException {
    try {
      ArrayFile.read(file, (name, type) -> type.shape().sizes().length < 5)
          .values()
          .forEach(Constant::bytes);
    } catch (IOException damaged) {
      // As it should be: the image is left out.
    }
  }

  private static void decode(ImageDecoder decoder, Path file) throws IOException {
    try {
      decoder.decode(Files.readAllBytes(file));
    } catch (IOException damaged) {
      // As it should be.
    }
  }

  private static void plan(Path file) {
    PlanFile.read(file, SPACES, SOURCE);
  }

  private static void bases(Path file) {
    BasesFile.read(file, SPACES, SOURCE);
  }

  private static void configuration(Path file) {
    ConfigFile.read(file, Set.of("data", "keep-macs", "threads"));
  }
}
