package dev.capstan.onnx;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import dev.capstan.error.InvalidInputException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * All files of a model.
 *
 * @param files the model itself, then those its tensors lie in, in the order of their names
 */
public record ModelFiles(List<Path> files) {
  /** Copies the list. */
  public ModelFiles {
    files = List.copyOf(files);
  }

  /**
   * The files of a model that can be read.
   *
   * @throws InvalidInputException if it cannot
   */
  public static ModelFiles of(Path file) {
    ModelProto model = ModelFile.read(file);
    List<Path> files = new ArrayList<>(List.of(file));
    model.getGraph().getInitializerList().stream()
        .filter(tensor -> tensor.getDataLocation() == TensorProto.DataLocation.EXTERNAL)
        .flatMap(tensor -> tensor.getExternalDataList().stream())
        .filter(entry -> entry.getKey().equals("location"))
        .map(StringStringEntryProto::getValue)
        .distinct()
        .sorted()
        .map(file::resolveSibling)
        .forEach(files::add);
    return new ModelFiles(files);
  }

  /** Size of all of them. */
  public long bytes() {
    long sum = 0;
    for (Path file : files) {
      try {
        sum += Files.size(file);
      } catch (IOException e) {
        throw unreadable(file, e);
      }
    }
    return sum;
  }

  /** SHA-256 of their bytes, one file after the other, in hexadecimal. */
  public String sha256() {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      files.forEach(file -> add(file, digest));
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  private static void add(Path file, MessageDigest digest) {
    try (InputStream stream = new DigestInputStream(Files.newInputStream(file), digest)) {
      stream.transferTo(OutputStream.nullOutputStream());
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }

  private static InvalidInputException unreadable(Path file, IOException e) {
    return new InvalidInputException(file + ": cannot be read: " + e.getMessage(), e);
  }
}
