package dev.capstan.torch.internal.distributed;

import dev.capstan.data.ImageStore;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/**
 * Images that processes could not read: each of them reads some, the one that leads tells of all.
 */
public final class LeftOut {
  /** What the others are asked for. */
  public static final String WORK = "images left out";

  private static final String SEPARATOR = "\t";

  private LeftOut() {}

  /** Has the stores of the leading process leave out what other processes left out. */
  public static void hear(ProcessGroup group, List<ImageStore> stores) {
    if (group.isAlone()) {
      return;
    }
    new Parcel(WORK, Map.of(), Map.of(), List.of()).send(new Exchange(group, 1));
    for (byte[] lines : group.hear(() -> new byte[0])) {
      new String(lines, StandardCharsets.UTF_8).lines().forEach(line -> leaveOut(line, stores));
    }
  }

  private static void leaveOut(String line, List<ImageStore> stores) {
    String[] parts = line.split(SEPARATOR, 3);
    stores.get(Integer.parseInt(parts[0])).leaveOut(Integer.parseInt(parts[1]), parts[2]);
  }

  /** Tells the leading process what this one left out. */
  public static void tell(ProcessGroup group, List<ImageStore> stores) {
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < stores.size(); i++) {
      String store = i + SEPARATOR;
      stores
          .get(i)
          .skippedByIndex()
          .forEach(
              (index, what) ->
                  lines.append(store).append(index).append(SEPARATOR).append(what).append('\n'));
    }
    group.hear(() -> lines.toString().getBytes(StandardCharsets.UTF_8));
  }
}
