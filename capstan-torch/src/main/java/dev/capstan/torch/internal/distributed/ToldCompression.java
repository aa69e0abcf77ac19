package dev.capstan.torch.internal.distributed;

import dev.capstan.compress.BasesFile;
import dev.capstan.compress.CompressedNetwork;
import dev.capstan.graph.Constant;
import dev.capstan.space.Bases;
import dev.capstan.space.ChannelSpaces;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A compressed network, as other processes are told of it: a parcel's networks are the original and
 * what it was compressed to.
 */
public final class ToldCompression {
  private static final String BASES = "bases/";

  private ToldCompression() {}

  /** A parcel that tells of it. */
  public static Parcel parcel(String work, CompressedNetwork network) {
    ChannelSpaces spaces = network.spaces();
    Map<String, Constant> tensors = new LinkedHashMap<>();
    BasesFile.tensors(network.bases(), spaces)
        .forEach((name, tensor) -> tensors.put(BASES + name, tensor));
    return new Parcel(
        work, ToldSpaces.words(spaces), tensors, List.of(network.original(), network.graph()));
  }

  /** The network that was told of. */
  public static CompressedNetwork of(Parcel told) {
    ChannelSpaces spaces = ToldSpaces.of(told);
    Bases bases = BasesFile.of(told.part(BASES), Path.of("rank 0"), spaces);
    return new CompressedNetwork(spaces, bases, told.networks().get(1));
  }
}
