package dev.capstan.cli.page;

import java.util.List;

/**
 * A page: what is said first, then its parts from top to bottom.
 *
 * @param title what it is about
 * @param lead what was lost and won, in a sentence or two
 * @param warnings what speaks against it
 * @param verdict whether it is what was asked for
 * @param sections the rest; what was not measured is none of them
 */
public record Page(
    String title, String lead, List<String> warnings, Verdict verdict, List<Section> sections) {
  /** Copies the lists. */
  public Page {
    warnings = List.copyOf(warnings);
    sections = List.copyOf(sections);
  }

  /**
   * What came of what was asked for.
   *
   * @param words a sentence, empty for nothing
   */
  public record Verdict(String words, boolean met) {
    /** Nothing was asked for. */
    public static final Verdict NONE = new Verdict("", true);
  }

  /** A part under its own heading. */
  public record Section(String id, String title, List<String> notes, List<Block> blocks) {
    /** Copies the lists. */
    public Section {
      notes = List.copyOf(notes);
      blocks = List.copyOf(blocks);
    }

    /** Whether it shows anything. */
    public boolean isEmpty() {
      return notes.isEmpty() && blocks.isEmpty();
    }
  }
}
