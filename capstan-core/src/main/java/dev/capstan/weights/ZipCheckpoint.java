package dev.capstan.weights;

import dev.capstan.graph.Constant;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipFile;

/**
 * What torch.save writes since 1.6: a zip archive of uncompressed entries, {@code data.pkl} with
 * the objects and {@code data/KEY} with the bytes of each storage, all in one folder.
 */
final class ZipCheckpoint {
  private static final String PICKLE = "data.pkl";

  private final MappedFile file;
  private final ZipFile zip;
  private final String folder;

  private ZipCheckpoint(MappedFile file, ZipFile zip) {
    this.file = file;
    this.zip = zip;
    this.folder = folder(file, zip);
  }

  static Map<String, Constant> read(MappedFile file) throws IOException {
    try (ZipFile zip = ZipFile.builder().setPath(file.path()).get()) {
      return new ZipCheckpoint(file, zip).read();
    }
  }

  private static String folder(MappedFile file, ZipFile zip) {
    List<String> pickles =
        Collections.list(zip.getEntries()).stream()
            .map(ZipEntry::getName)
            .filter(name -> name.equals(PICKLE) || name.endsWith("/" + PICKLE))
            .toList();
    if (pickles.size() != 1) {
      throw file.error(
          "expected one %s in this zip archive, found %d".formatted(PICKLE, pickles.size()));
    }
    String name = pickles.get(0);
    return name.substring(0, name.length() - PICKLE.length());
  }

  private Map<String, Constant> read() throws IOException {
    if (zip.getEntry(folder + "constants.pkl") != null) {
      throw file.error(
          "a TorchScript archive; save the weights alone with torch.save(model.state_dict(),"
              + " file)");
    }
    checkByteOrder();
    CheckpointUnpickler unpickler =
        new CheckpointUnpickler(file.path(), new BufferInputStream(bytes(PICKLE)));
    return StateDict.find(file, unpickler.read())
        .resolve(file, storage -> bytes("data/" + storage.key()));
  }

  private void checkByteOrder() throws IOException {
    if (zip.getEntry(folder + "byteorder") != null) {
      String order = StandardCharsets.UTF_8.decode(bytes("byteorder")).toString();
      if (!order.equals("little")) {
        throw file.error("expected byte order little, found " + order);
      }
    }
  }

  private ByteBuffer bytes(String name) throws IOException {
    ZipArchiveEntry entry = zip.getEntry(folder + name);
    if (entry == null) {
      throw file.error("the archive has no '" + folder + name + "'");
    }
    if (entry.getMethod() != ZipEntry.STORED) {
      throw file.error(
          "entry '%s' is compressed, which torch.save never does; load and save it again"
              .formatted(entry.getName()));
    }
    return file.range(entry.getDataOffset(), entry.getSize());
  }
}
