package dev.capstan.pipeline;

import dev.capstan.recipe.WorkListener;
import java.util.ArrayList;
import java.util.List;

/** What a listener was told. */
public final class Heard implements WorkListener {
  private final List<String> works = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();

  @Override
  public void begin(String what, long steps) {
    works.add(what);
  }

  @Override
  public void note(String line) {
    notes.add(line);
  }

  /** The works that began, in order. */
  public List<String> works() {
    return List.copyOf(works);
  }

  /** The lines, in order. */
  public List<String> notes() {
    return List.copyOf(notes);
  }
}
