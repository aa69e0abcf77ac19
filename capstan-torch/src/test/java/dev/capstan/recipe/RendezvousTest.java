package dev.capstan.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.capstan.error.InvalidInputException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class RendezvousTest {
  private static final Map<String, String> TORCHRUN =
      Map.of(
          "RANK", "3",
          "WORLD_SIZE", "4",
          "LOCAL_RANK", "1",
          "LOCAL_WORLD_SIZE", "2",
          "MASTER_ADDR", "node-0",
          "MASTER_PORT", "29500",
          "TORCHELASTIC_USE_AGENT_STORE", "True",
          "TORCHELASTIC_RESTART_COUNT", "1");

  private static Map<String, String> torchrun(String name, String value) {
    Map<String, String> changed = new HashMap<>(TORCHRUN);
    changed.put(name, value);
    return changed;
  }

  @Test
  void torchrunSaysWhereAProcessStands() {
    assertThat(Rendezvous.of(TORCHRUN))
        .hasValue(
            new Rendezvous(
                3,
                4,
                1,
                2,
                new Rendezvous.Tcp("node-0", 29500, true, "1"),
                Rendezvous.PEER_TIMEOUT));
  }

  @Test
  void kubernetesSaysItByNode() {
    Map<String, String> pod =
        Map.of(
            "PET_NNODES", "2",
            "PET_NPROC_PER_NODE", "1",
            "PET_NODE_RANK", "1",
            "PET_MASTER_ADDR", "job-0",
            "PET_MASTER_PORT", "29400");

    assertThat(Rendezvous.of(pod))
        .hasValue(
            new Rendezvous(
                1,
                2,
                0,
                1,
                new Rendezvous.Tcp("job-0", 29400, false, ""),
                Rendezvous.PEER_TIMEOUT));
  }

  @Test
  void oneHostMeetsInAFile() {
    assertThat(Rendezvous.of(torchrun(Rendezvous.INIT_FILE, "/tmp/store")).orElseThrow().store())
        .isEqualTo(new Rendezvous.File(Path.of("/tmp/store")));
  }

  @Test
  void whatIsSaidToAProcessOfOneHostIsReadAgain() {
    Path store = Path.of("/tmp/store");
    assertThat(Rendezvous.of(Rendezvous.environment(1, 3, store)))
        .contains(new Rendezvous(1, 3, 1, 3, new Rendezvous.File(store), Rendezvous.PEER_TIMEOUT));
  }

  @Test
  void whoeverIsAloneMeetsNobody() {
    assertThat(Rendezvous.of(Map.of())).isEmpty();
    assertThat(Rendezvous.of(torchrun("WORLD_SIZE", "1"))).isEmpty();
  }

  @Test
  void whatMakesNoSenseIsNamed() {
    fails("RANK", "4", "RANK: expected a number from 0 to 3, found 4");
    fails("RANK", "first", "RANK: expected a whole number, found 'first'");
    fails("RANK", "", "RANK: expected a number from 0 to 3, found -1");
    fails("MASTER_PORT", "70000", "MASTER_PORT: expected a number from 1 to 65535, found 70000");
    fails("MASTER_ADDR", "", "found no MASTER_ADDR");
  }

  private static void fails(String name, String value, String message) {
    assertThatThrownBy(() -> Rendezvous.of(torchrun(name, value)))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining(message);
  }
}
