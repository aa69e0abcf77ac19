package dev.capstan.pipeline.input;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.capstan.error.InvalidInputException;
import dev.capstan.graph.Graph;
import dev.capstan.image.Preprocessing;
import dev.capstan.image.Preprocessing.ChannelOrder;
import dev.capstan.image.Preprocessing.Range;
import dev.capstan.image.Resize;
import dev.capstan.job.PreprocessingOptions;
import dev.capstan.job.PreprocessingOptions.Extent;
import dev.capstan.job.PreprocessingOptions.ResizeMode;
import dev.capstan.pipeline.TinyInputs;
import dev.capstan.zoo.Zoo;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a result's metadata tell of images is taken, unless something else is said. */
final class ToldPreprocessingTest {
  private static final PreprocessingOptions CAFFE =
      new PreprocessingOptions(
          List.of(104.0, 117.0, 123.0),
          List.of(1.0, 1.0, 1.0),
          ChannelOrder.BGR,
          Range.ZERO_TO_255,
          ResizeMode.EXACT,
          40,
          Extent.NONE,
          null);

  private static final Graph PLAIN = Zoo.randomCifarResNet(1, List.of(4, 8), 10, 1);

  private static Graph telling(Map<String, String> properties) {
    return PLAIN.edit().metadata(PLAIN.metadata().withProperties(properties)).build();
  }

  private static Graph result() {
    Preprocessing used = InputPreprocessing.of(CAFFE, PLAIN);
    return telling(ToldPreprocessing.properties(used, CAFFE, false));
  }

  @Test
  void whatWasUsedIsTakenNextTime() {
    assertThat(InputPreprocessing.of(PreprocessingOptions.DEFAULT, result()))
        .isEqualTo(InputPreprocessing.of(CAFFE, PLAIN));
  }

  /** The size that a network leaves open is told, and stands back behind any that is given. */
  @Test
  void aSizeThatTheNetworkLeavesOpenIsTakenNextTimeToo() {
    PreprocessingOptions none = PreprocessingOptions.DEFAULT;
    Graph open = TinyInputs.open(PLAIN);
    Preprocessing used = InputPreprocessing.of(none.withCrop(new Extent(24, 96)), open);
    Map<String, String> properties = ToldPreprocessing.properties(used, none, true);
    Graph result = open.edit().metadata(open.metadata().withProperties(properties)).build();

    assertThat(InputPreprocessing.of(none, result)).isEqualTo(used);
    assertThat(InputPreprocessing.of(none.withCrop(40), result).width()).isEqualTo(40);
    PreprocessingOptions sized =
        new PreprocessingOptions(
            List.of(), List.of(), null, null, ResizeMode.EXACT, 48, Extent.NONE, null);
    assertThat(InputPreprocessing.of(sized, result).width()).isEqualTo(48);
  }

  @Test
  void whatIsSaidComesFirst() {
    PreprocessingOptions said =
        new PreprocessingOptions(
            List.of(), List.of(), ChannelOrder.RGB, null, null, 0, Extent.NONE, null);

    Preprocessing used = InputPreprocessing.of(said, result());

    assertThat(used.channelOrder()).isEqualTo(ChannelOrder.RGB);
    assertThat(used.mean()).isEqualTo(Preprocessing.imageNet(32, 32).mean());
    assertThat(used.resize()).isEqualTo(Resize.exactly(40, 40));
  }

  @Test
  void whatCannotBeIsRefused() {
    String rest = "mean=0.5 std=1.0 channels=rgb range=unit resize=shorter crop=";
    for (String words : List.of("mean=1,x channels=bgr", rest + "32", rest + "32xx", rest + "x")) {
      Graph damaged = telling(Map.of("capstan.preprocessing", words));

      assertThatThrownBy(() -> InputPreprocessing.of(PreprocessingOptions.DEFAULT, damaged))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining("capstan.preprocessing");
    }
  }
}
