package dev.capstan.compress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.capstan.error.InvalidInputException;
import dev.capstan.graph.Constant;
import dev.capstan.graph.Dim;
import dev.capstan.graph.Graph;
import dev.capstan.space.Bases;
import dev.capstan.space.Basis;
import dev.capstan.space.ChannelSpaces;
import dev.capstan.space.ChannelSpaces.Residual;
import dev.capstan.testing.Layers;
import dev.capstan.testing.Layers.Feature;
import dev.capstan.testing.RandomBases;
import dev.capstan.testing.RandomGraphs;
import dev.capstan.weights.Safetensors;
import dev.capstan.weights.SafetensorsReader;
import dev.capstan.weights.SafetensorsWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Anyone can rebuild the kernels from the original and the file of bases alone. */
class BasesFileTest {
  private static final String SOURCE = "5e8f";
  private static final Map<String, String> PROVENANCE =
      Map.of(BasesFile.SOURCE, SOURCE, "capstan.version", "0.1", "capstan.seed", "3");

  @TempDir Path folder;

  static LongStream seeds() {
    return RandomGraphs.seeds().limit(20);
  }

  private static Graph chain(int width) {
    Layers net = new Layers("chain", 1, Dim.of(1), 3, 6);
    Feature x = net.conv(net.input(), width, 3, 1);
    Feature y = net.conv(x, 6, 3, 1);
    return net.outputs(net.gemm(net.flatten(net.depthwise(y, 3, 1)), 3));
  }

  private static ChannelSpaces spaces(Graph graph) {
    return ChannelSpaces.of(graph, Residual.PROJECT);
  }

  private Path file() {
    return folder.resolve("net.bases.safetensors");
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void kernelsAreRebuiltBitForBit(long seed) {
    Graph graph = RandomGraphs.of(seed);
    ChannelSpaces spaces = spaces(graph);
    for (Bases bases :
        new Bases[] {
          RandomBases.selection(spaces, seed),
          RandomBases.orthonormal(spaces, seed),
          RandomBases.oblique(spaces, seed)
        }) {
      BasesFile.write(bases, spaces, PROVENANCE, file());

      Bases read = BasesFile.read(file(), spaces, SOURCE);

      assertThat(read.bySpace().keySet()).isEqualTo(bases.bySpace().keySet());
      Graph expected = Compression.apply(spaces, bases);
      Graph rebuilt = Compression.apply(spaces, read);
      assertThat(rebuilt).hasToString(expected.toString());
      expected
          .constants()
          .forEach((name, c) -> assertThat(rebuilt.constant(name).sameAs(c)).as(name).isTrue());
    }
  }

  @Test
  void savesEachKindInItsOwnWay() {
    ChannelSpaces spaces = spaces(chain(4));
    BasesFile.write(RandomBases.orthonormal(spaces, 1), spaces, PROVENANCE, file());
    Safetensors tied = SafetensorsReader.read(file());
    BasesFile.write(RandomBases.oblique(spaces, 1), spaces, PROVENANCE, file());
    Safetensors oblique = SafetensorsReader.read(file());

    // conv1's channels pass a depthwise convolution: they are selected.
    assertThat(tied.tensors().keySet()).containsExactly("conv0.basis", "conv1.channels");
    assertThat(oblique.tensors().keySet())
        .containsExactly("conv0.encode", "conv0.decode", "conv1.channels");
    assertThat(tied.metadata())
        .containsAllEntriesOf(PROVENANCE)
        .containsEntry("format", "capstan-bases")
        .containsEntry("formatVersion", "1");
  }

  @Test
  void equalBasesGiveEqualBytes() throws IOException {
    ChannelSpaces spaces = spaces(chain(4));
    Bases bases = RandomBases.orthonormal(spaces, 1);
    BasesFile.write(bases, spaces, PROVENANCE, file());
    byte[] first = Files.readAllBytes(file());

    BasesFile.write(bases, spaces, new HashMap<>(PROVENANCE), file());

    assertThat(Files.readAllBytes(file())).isEqualTo(first);
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).containsExactly(file());
    }
  }

  @Test
  void anotherModelIsRefused() {
    ChannelSpaces spaces = spaces(chain(4));
    BasesFile.write(RandomBases.orthonormal(spaces, 1), spaces, PROVENANCE, file());

    assertRefused(spaces, "77aa", "expected capstan.source.sha256 77aa, found 5e8f");
    assertRefused(spaces(chain(5)), SOURCE, "space 'conv0': expected 5 rows, found [4x");
    Layers other = new Layers("other", 1, Dim.of(1), 3, 6);
    Graph shallow = other.outputs(other.conv(other.input(), 4, 3, 1));
    assertRefused(spaces(shallow), SOURCE, "tensor 'conv0.basis' belongs to no compressible");
  }

  @Test
  void damagedFilesAreRefused() {
    ChannelSpaces spaces = spaces(chain(4));
    changed(spaces, file -> file.remove("conv0.decode"));
    assertRefused(spaces, SOURCE, "space 'conv0': expected channels, a basis, or encode and");
    changed(spaces, file -> file.put("conv0.channels", Constant.of(new long[] {1}, 1)));
    assertRefused(spaces, SOURCE, "space 'conv0': expected channels, a basis, or encode and");
    changed(spaces, file -> file.put("conv1.channels", Constant.of(new long[] {2, 2}, 2)));
    assertRefused(spaces, SOURCE, "space 'conv1': expected ascending channels below 6");
    changed(spaces, file -> file.put("conv1.channels", Constant.of(new long[] {6}, 1)));
    assertRefused(spaces, SOURCE, "space 'conv1': expected ascending channels below 6");
    changed(spaces, file -> file.put("conv1.channels", Constant.of(new long[0], 0)));
    assertRefused(spaces, SOURCE, "space 'conv1': expected at least one channel");
    changed(spaces, file -> file.put("conv0.decode", Constant.of(new float[20], 4, 5)));
    assertRefused(spaces, SOURCE, "space 'conv0': expected 1 to 4 columns, found [4x5]");
  }

  private void changed(ChannelSpaces spaces, Consumer<Map<String, Constant>> change) {
    BasesFile.write(RandomBases.oblique(spaces, 1), spaces, PROVENANCE, file());
    Safetensors content = SafetensorsReader.read(file());
    Map<String, Constant> tensors = new LinkedHashMap<>(content.tensors());
    change.accept(tensors);
    SafetensorsWriter.write(tensors, content.metadata(), file());
  }

  @Test
  void otherSafetensorsAreRefused() {
    SafetensorsWriter.write(Map.of("w", Constant.of(new float[1], 1)), Map.of(), file());
    assertRefused(spaces(chain(4)), SOURCE, "expected format capstan-bases, found none");
  }

  private void assertRefused(ChannelSpaces spaces, String source, String message) {
    assertThatThrownBy(() -> BasesFile.read(file(), spaces, source))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining(message)
        .hasMessageStartingWith(file().toString())
        .hasMessageNotContaining("\n");
  }

  /** The whole of what a width has: no basis is a basis. */
  @Test
  void spacesWithoutABasisKeepTheirChannels() {
    ChannelSpaces spaces = spaces(chain(4));
    Bases one = new Bases(Map.of("conv0", Basis.selection(4, 0, 2)));
    BasesFile.write(one, spaces, PROVENANCE, file());
    assertThat(BasesFile.read(file(), spaces, SOURCE).bySpace()).containsOnlyKeys("conv0");
  }
}
