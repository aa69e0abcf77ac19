package dev.capstan.torch.internal.learn;

import dev.capstan.compress.BasesFile;
import dev.capstan.error.InvalidInputException;
import dev.capstan.graph.Constant;
import dev.capstan.rank.Ranks;
import dev.capstan.recipe.stage.Learned;
import dev.capstan.space.Bases;
import dev.capstan.space.ChannelSpaces;
import dev.capstan.space.Space;
import dev.capstan.torch.internal.calibrate.ChannelScales;
import dev.capstan.torch.internal.calibrate.Scales;
import dev.capstan.torch.internal.checkpoint.SealedFile;
import dev.capstan.torch.internal.watch.Course;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What learning keeps of itself, to go on from: its start, now and then where it is, its end. */
final class LearningState {
  private static final String START = "start/";
  private static final String END = "end/";
  private static final String NOW = "now/";
  private static final String SCALE = "scale of ";
  private static final String SIZES = "sizes/";
  private static final String CORRELATIONS = "correlations/";
  private static final String STEP = "step";

  private final @Nullable SealedFile file;
  private final ChannelSpaces spaces;
  private final @Nullable Ranks ranks;
  private SealedFile.@Nullable State found;

  /**
   * The state of one learning.
   *
   * @param file where it lies, null to keep none
   */
  LearningState(@Nullable SealedFile file, ChannelSpaces spaces, Ranks ranks) {
    this(file, file == null ? null : file.read(), spaces, ranks);
  }

  private LearningState(
      @Nullable SealedFile file,
      SealedFile.@Nullable State found,
      ChannelSpaces spaces,
      @Nullable Ranks ranks) {
    this.file = file;
    this.ranks = ranks;
    this.spaces = spaces;
    this.found = found;
  }

  /** What another process has and keeps, as it was told. */
  static LearningState told(SealedFile.State state, ChannelSpaces spaces) {
    return new LearningState(null, state, spaces, null);
  }

  /** What the steps go on from, to be told to other processes. */
  SealedFile.State toTell(Begun begun) {
    boolean onTheWay = found != null && found.words().containsKey(STEP);
    return found != null && onTheWay ? found : new SealedFile.State(tensors(begun), words(begun));
  }

  /**
   * What the steps begin with.
   *
   * @param scales of values and channels
   * @param calibrated images seen for both
   */
  record Begun(Bases start, Scales scales, long calibrated) {}

  /**
   * Where the steps are.
   *
   * @param step steps done
   * @param passed batches passed, damaged ones included
   * @param seen images seen in them
   */
  record Place(int step, long passed, long seen, Course course) {
    static Place first(Course course) {
      return new Place(0, 0, 0, course);
    }

    /** A step on. */
    Place after(long images, long nowPassed, Course now) {
      return new Place(step + 1, nowPassed, seen + images, now);
    }
  }

  /** What a state says, null where there is none, or not that much; a state of others is none. */
  private <T> @Nullable T said(String key, Reading<T> reading) {
    SealedFile.State state = found;
    if (state == null || !state.words().containsKey(key)) {
      return null;
    }
    T said = file == null ? reading.of(state) : file.said(state, reading::of);
    if (said == null) {
      found = null;
    }
    return said;
  }

  private interface Reading<T> {
    T of(SealedFile.State state);
  }

  @Nullable Begun begun() {
    return said(
        "calibrated",
        state -> {
          Map<String, Double> scales = new HashMap<>();
          state
              .words()
              .forEach(
                  (key, word) -> {
                    if (key.startsWith(SCALE)) {
                      scales.put(key.substring(SCALE.length()), Double.valueOf(word));
                    }
                  });
          Bases start = bases(START, state);
          Map<String, ChannelScales> channels = new HashMap<>();
          state
              .part(SIZES)
              .forEach((space, sizes) -> channels.put(space, scales(space, sizes, state)));
          return new Begun(
              start, new Scales(scales, channels), Long.parseLong(state.word("calibrated")));
        });
  }

  private static ChannelScales scales(String space, Constant sizes, SealedFile.State state) {
    Constant correlations = state.tensors().get(CORRELATIONS + space);
    if (correlations == null) {
      throw new InvalidInputException("it lacks how the channels of '" + space + "' vary together");
    }
    return new ChannelScales(sizes.floats(), correlations.floats());
  }

  /** Puts a learner where the state says, if it does. */
  @Nullable Place place(Learner learner) {
    return said(
        STEP,
        state -> {
          learner.set(new SealedFile.State(state.part(NOW), Map.of()));
          double start = Double.parseDouble(state.word("loss of the start"));
          double best = Double.parseDouble(state.word("least loss"));
          Course course = new Course(start, best, Integer.parseInt(state.word("roll-backs")));
          Place place =
              new Place(
                  Integer.parseInt(state.word(STEP)),
                  Long.parseLong(state.word("passed")),
                  Long.parseLong(state.word("seen")),
                  course);
          tell("learning: going on after step " + place.step());
          return place;
        });
  }

  @Nullable Learned end() {
    return said(
        "images",
        state -> {
          Bases start = bases(START, state);
          boolean better = state.word("better").equals("true");
          Bases end = better ? bases(END, state) : start;
          long images = Long.parseLong(state.word("images"));
          tell("learning: the bases were learned before");
          return new Learned(start, end, images, Integer.parseInt(state.word("roll-backs")));
        });
  }

  private void tell(String line) {
    if (file != null) {
      file.told().accept(line);
    }
  }

  /** Bases of a state, which are of the ranks that are asked for. */
  private Bases bases(String prefix, SealedFile.State state) {
    Path from = file == null ? Path.of("rank 0") : file.path();
    Bases bases = BasesFile.of(state.part(prefix), from, spaces);
    for (Space space : spaces.compressible()) {
      if (ranks != null && bases.rank(space) != ranks.of(space)) {
        throw new InvalidInputException("it is of other ranks");
      }
    }
    return bases;
  }

  /** Keeps what the steps begin with. */
  void begin(Begun begun) {
    if (file != null) {
      file.write(new SealedFile.State(tensors(begun), words(begun)));
    }
  }

  private Map<String, Constant> tensors(Begun begun) {
    Map<String, Constant> tensors = prefixed(START, BasesFile.tensors(begun.start(), spaces));
    new TreeMap<>(begun.scales().channels())
        .forEach(
            (space, of) -> {
              float[] sizes = of.sizes();
              tensors.put(SIZES + space, Constant.of(sizes, sizes.length));
              tensors.put(
                  CORRELATIONS + space, Constant.of(of.correlations(), sizes.length, sizes.length));
            });
    return tensors;
  }

  private static Map<String, String> words(Begun begun) {
    Map<String, String> words = new LinkedHashMap<>();
    words.put("calibrated", Long.toString(begun.calibrated()));
    new TreeMap<>(begun.scales().values())
        .forEach((value, scale) -> words.put(SCALE + value, Double.toString(scale)));
    return words;
  }

  /** Keeps where the steps are, if it is time to and the state would leave nothing out. */
  void offer(Begun begun, Learner learner, Place place) {
    if (file == null || !learner.isAtRest()) {
      return;
    }
    file.offer(
        () -> {
          Map<String, Constant> tensors = tensors(begun);
          tensors.putAll(prefixed(NOW, learner.state()));
          Map<String, String> words = words(begun);
          words.put(STEP, Integer.toString(place.step()));
          words.put("passed", Long.toString(place.passed()));
          words.put("seen", Long.toString(place.seen()));
          words.put("loss of the start", Double.toString(place.course().start()));
          words.put("least loss", Double.toString(place.course().best()));
          words.put("roll-backs", Integer.toString(place.course().rollBacks()));
          return new SealedFile.State(tensors, words);
        });
  }

  /** Keeps the end. */
  void end(Learned learned) {
    if (file == null) {
      return;
    }
    boolean better = learned.bases() != learned.start();
    Map<String, Constant> tensors = prefixed(START, BasesFile.tensors(learned.start(), spaces));
    if (better) {
      tensors.putAll(prefixed(END, BasesFile.tensors(learned.bases(), spaces)));
    }
    Map<String, String> words = new LinkedHashMap<>();
    words.put("better", Boolean.toString(better));
    words.put("images", Long.toString(learned.imagesSeen()));
    words.put("roll-backs", Integer.toString(learned.rollBacks()));
    file.write(new SealedFile.State(tensors, words));
  }

  private static Map<String, Constant> prefixed(String prefix, Map<String, Constant> tensors) {
    Map<String, Constant> prefixed = new LinkedHashMap<>();
    tensors.forEach((name, tensor) -> prefixed.put(prefix + name, tensor));
    return prefixed;
  }
}
