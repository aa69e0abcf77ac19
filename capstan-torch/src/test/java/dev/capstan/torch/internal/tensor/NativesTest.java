package dev.capstan.torch.internal.tensor;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.capstan.error.InvalidInputException;
import org.bytedeco.javacpp.Loader;
import org.junit.jupiter.api.Test;

/** Who forgets natives is told which; who has them need set nothing else. */
final class NativesTest {
  @Test
  void thoseOfThisPlatformAreThere() {
    assertThatCode(() -> Natives.check(Loader.getPlatform())).doesNotThrowAnyException();
  }

  /** Tests run with those of their own platform alone. */
  @Test
  void whatToDependOnIsOneLine() {
    String other = Loader.getPlatform().equals("macosx-arm64") ? "linux-x86_64" : "macosx-arm64";

    assertThatThrownBy(() -> Natives.check(other))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageMatching(
            "natives for %1$s are not on the class path: add to the dependencies (org\\.bytedeco:(javacpp|openblas|pytorch|leptonica):\\d[\\d.-]+:%1$s(, )?){4}"
                .formatted(other));
  }

  @Test
  void whereThereAreNoneNothingCanBeAdded() {
    assertThatThrownBy(() -> Natives.check("linux-arm64"))
        .hasMessageStartingWith("libtorch has no natives for linux-arm64: it runs on linux-x86_64");
  }
}
