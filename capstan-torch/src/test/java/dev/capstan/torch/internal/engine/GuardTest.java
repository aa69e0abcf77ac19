package dev.capstan.torch.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.capstan.error.InvalidInputException;
import dev.capstan.torch.internal.tensor.Libtorch;
import dev.capstan.torch.internal.tensor.Tensors;
import java.util.concurrent.CancellationException;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** libtorch's exceptions are told in a line; those of others are theirs. */
class GuardTest {
  @BeforeAll
  static void load() {
    Libtorch.load();
  }

  @Test
  void aNativeExceptionIsToldInOneLine() {
    assertThatThrownBy(() -> Guard.run("learning the bases", GuardTest::noGradient))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("learning the bases failed in libtorch: element 0 of tensors")
        .hasMessageContaining("setting 'exclude'")
        .satisfies(failure -> assertThat(failure.getMessage().lines()).hasSize(1));
  }

  private static boolean noGradient() {
    try (PointerScope scope = new PointerScope();
        Tensor plain = Tensors.of(new float[] {1}, 1)) {
      plain.sum().backward();
      return true;
    }
  }

  @Test
  void exceptionsOfOthersPass() {
    for (RuntimeException own :
        new RuntimeException[] {new CancellationException(), new InvalidInputException("wrong")}) {
      assertThatThrownBy(
              () ->
                  Guard.run(
                      "a run",
                      () -> {
                        throw own;
                      }))
          .isSameAs(own);
    }
  }
}
