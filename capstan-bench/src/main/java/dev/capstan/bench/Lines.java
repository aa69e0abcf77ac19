package dev.capstan.bench;

import dev.capstan.recipe.WorkListener;
import dev.capstan.recipe.WorkListener.Figure;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Prints how work goes on, a line every so many steps. */
record Lines(int every) implements WorkListener {
  @Override
  public void advance(long done, List<Figure> figures) {
    if (done % every == 0) {
      System.err.println(done + " " + shown(figures));
    }
  }

  private static String shown(List<Figure> figures) {
    return figures.stream()
        .map(figure -> String.format(Locale.ROOT, "%s %.4g", figure.name(), figure.value()))
        .collect(Collectors.joining(", "));
  }

  @Override
  public void note(String line) {
    System.err.println(line);
  }
}
