package dev.capstan.cli;

import static java.util.Objects.requireNonNull;

import dev.capstan.data.Dataset;
import dev.capstan.data.DatasetView;
import dev.capstan.data.ImageDecoder;
import dev.capstan.data.ImageIoDecoder;
import dev.capstan.data.format.PngFolder;
import dev.capstan.data.shapes.ShapeImages;
import dev.capstan.image.RgbImage;
import dev.capstan.onnx.OnnxWriter;
import dev.capstan.pipeline.demo.Demo;
import dev.capstan.testing.OnnxModels;
import dev.capstan.zoo.Zoo;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.IntFunction;
import java.util.stream.Stream;

/** Models and images small enough for a test. */
final class Samples {
  private Samples() {}

  /** A residual network with random weights: at chance on any images. */
  static Path model(Path file, int classes) {
    OnnxWriter.write(Zoo.randomCifarResNet(1, List.of(8, 16), classes, 1), file);
    return file;
  }

  /** One wide enough for ranks on multiples of 8. */
  static Path wideModel(Path file, int classes) {
    OnnxWriter.write(Zoo.randomCifarResNet(1, List.of(32, 64), classes, 1), file);
    return file;
  }

  /** A network that gives pictures of twice the side. */
  static Path superResolution(Path file) {
    return OnnxModels.opset(13)
        .input("x", "N", 3, 32, 32)
        .weights("w1", 16, 3, 3, 3)
        .node("Conv", "x w1", "h1", "pads", new long[] {1, 1, 1, 1})
        .node("Relu", "h1", "a1")
        .weights("w2", 12, 16, 3, 3)
        .node("Conv", "a1 w2", "h2", "pads", new long[] {1, 1, 1, 1})
        .node("DepthToSpace", "h2", "image", "blocksize", 2, "mode", "CRD")
        .output("image")
        .write(file);
  }

  /** A network that PyTorch has exported. */
  static Path fixture(String name, Path folder) {
    Path file = folder.resolve(name + ".onnx");
    String resource = "/dev/capstan/fixtures/" + name + ".onnx";
    try (InputStream model =
        requireNonNull(OnnxModels.class.getResourceAsStream(resource), resource)) {
      Files.copy(model, file);
      return file;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The demo's model, which knows the drawn images. */
  static Path trainedModel(Path file) {
    try (InputStream model =
        requireNonNull(Demo.class.getResourceAsStream("demo.onnx"), "demo.onnx")) {
      Files.copy(model, file);
      return file;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Images of noise with the labels of drawn ones. */
  static Path noise(Path folder, int count) {
    return write(new Repainted(new ShapeImages(5, count), Samples::noise), folder);
  }

  private static RgbImage noise(int seed) {
    byte[] pixels = new byte[3 * 32 * 32];
    new SplittableRandom(seed).nextBytes(pixels);
    return new RgbImage(32, 32, pixels);
  }

  /** Drawn images of ten classes, 32 x 32. */
  static Path images(Path folder, int count) {
    return write(new ShapeImages(5, count), folder);
  }

  /** As many pixels of drawn images as make smaller ones. */
  static Path smallImages(Path folder, int count, int side) {
    ShapeImages drawn = new ShapeImages(5, count);
    return write(
        new Repainted(drawn, index -> small(drawn.image(index, new ImageIoDecoder()), side)),
        folder);
  }

  private static RgbImage small(RgbImage image, int side) {
    return new RgbImage(side, side, Arrays.copyOf(image.pixels(), 3 * side * side));
  }

  private static Path write(Dataset images, Path folder) {
    PngFolder.write(images, new ImageIoDecoder(), folder);
    return folder;
  }

  /** The images of all classes in one folder without labels. */
  static Path flat(Path classes, Path folder) throws IOException {
    Files.createDirectory(folder);
    try (Stream<Path> files = Files.walk(classes)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Files.copy(file, folder.resolve(file.getFileName()));
      }
    }
    return folder;
  }

  /** The bytes of every file below a folder as Latin text, by path; folders have none. */
  static Map<String, String> contents(Path folder) {
    Map<String, String> contents = new TreeMap<>();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.toList()) {
        contents.put(file.toString(), Files.isDirectory(file) ? "" : text(file));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return contents;
  }

  private static String text(Path file) throws IOException {
    return Files.readString(file, StandardCharsets.ISO_8859_1);
  }

  /** Other pictures under the names and labels of a data set. */
  private record Repainted(Dataset whole, IntFunction<RgbImage> picture) implements DatasetView {
    @Override
    public RgbImage image(int index, ImageDecoder decoder) {
      return picture.apply(index);
    }
  }
}
