package dev.capstan.graph.op;

import dev.capstan.error.InvalidInputException;
import dev.capstan.graph.ChannelFlow;
import dev.capstan.graph.Dim;
import dev.capstan.graph.Operands;
import dev.capstan.graph.Operator;
import dev.capstan.graph.Shape;
import dev.capstan.graph.TensorType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Sums of products of elements, NumPy's {@code einsum}: a letter names an axis of each input that
 * has it, and those that the output lacks are summed over. "..." stands for any number of axes,
 * which broadcast.
 *
 * @param equation the letters of each input and, after an arrow, of the output, {@code
 *     bhqd,bhkd->bhqk}; without an arrow the output has "..." and the letters that come once,
 *     sorted
 */
public record Einsum(String equation) implements Operator {
  private static final Pattern TERMS =
      Pattern.compile("T(,T)*(->T)?".replace("T", "([a-zA-Z]*([.]{3})?[a-zA-Z]*)"));

  /** Names of the axes that "..." stands for, counted from the last. */
  private static final String UNNAMED = "0123456789";

  private static final String ELLIPSIS = "...";

  /** Axes by their names, one character each. */
  private record Axes(List<String> inputs, String output) {
    boolean isSummed(int axis) {
      return output.indexOf(axis) < 0;
    }
  }

  /**
   * Checks the equation.
   *
   * @throws InvalidInputException if it is none
   */
  public Einsum {
    if (!TERMS.matcher(compact(equation)).matches()) {
      throw new InvalidInputException(
          "expected an equation like 'ij,jk->ik', found '" + equation + "'");
    }
  }

  private static String compact(String equation) {
    return equation.replace(" ", "");
  }

  @Override
  public List<TensorType> infer(Operands operands) {
    Axes axes = axes(operands);
    Map<Integer, Dim> extents = extents(operands, axes);
    List<Dim> dims = new ArrayList<>();
    for (int axis : axes.output().chars().toArray()) {
      Dim extent = extents.remove(axis);
      if (extent == null) {
        throw operands.error("output axis '%c' is in no input, or twice".formatted(axis));
      }
      dims.add(extent);
    }
    return List.of(operands.type(0).with(new Shape(dims)));
  }

  private Axes axes(Operands operands) {
    String[] sides = compact(equation).split("->", -1);
    String[] terms = sides[0].split(",", -1);
    if (terms.length != operands.count()) {
      throw operands.error(
          "expected %d inputs for '%s', found %d"
              .formatted(terms.length, equation, operands.count()));
    }
    List<String> inputs = new ArrayList<>();
    String unnamed = "";
    for (int i = 0; i < terms.length; i++) {
      String own = unnamed(operands, i, terms[i]);
      unnamed = own.length() > unnamed.length() ? own : unnamed;
      inputs.add(terms[i].replace(ELLIPSIS, own));
    }
    String output = sides.length > 1 ? sides[1] : ELLIPSIS + single(sides[0]);
    return new Axes(inputs, output.replace(ELLIPSIS, unnamed));
  }

  /** Names of the axes that an input has beside those with letters. */
  private String unnamed(Operands operands, int input, String term) {
    boolean open = term.contains(ELLIPSIS);
    int letters = term.length() - (open ? ELLIPSIS.length() : 0);
    int others = operands.shape(input).rank() - letters;
    if (others < 0 || others > (open ? UNNAMED.length() : 0)) {
      throw operands.error(
          "expected input %d to have axes '%s', found shape %s"
              .formatted(input, term, operands.shape(input)));
    }
    return UNNAMED.substring(UNNAMED.length() - others);
  }

  private static String single(String terms) {
    return terms
        .chars()
        .filter(c -> Character.isLetter(c) && terms.indexOf(c) == terms.lastIndexOf(c))
        .sorted()
        .mapToObj(Character::toString)
        .collect(Collectors.joining());
  }

  private static Map<Integer, Dim> extents(Operands operands, Axes axes) {
    Map<Integer, Dim> extents = new HashMap<>();
    for (int i = 0; i < axes.inputs().size(); i++) {
      String names = axes.inputs().get(i);
      for (int axis = 0; axis < names.length(); axis++) {
        Shape found = new Shape(List.of(operands.shape(i).dims().get(axis)));
        extents.merge(
            (int) names.charAt(axis),
            found.dims().get(0),
            (a, b) -> Broadcast.infer(operands, new Shape(List.of(a)), found).dims().get(0));
      }
    }
    return extents;
  }

  /** A product without a sum costs nothing, as elsewhere. */
  @Override
  public long macs(Operands operands, List<TensorType> outputs) {
    Axes axes = axes(operands);
    boolean multiplies = axes.inputs().size() > 1;
    Map<Integer, Dim> extents = extents(operands, axes);
    return multiplies && extents.keySet().stream().anyMatch(axes::isSummed)
        ? new Shape(List.copyOf(extents.values())).elements()
        : 0;
  }

  @Override
  public void channels(ChannelFlow flow) {
    Axes axes = axes(flow.operands());
    if (flow.constant(1) == null || !isLayer(flow, axes)) {
      for (int i = 0; i < flow.operands().count(); i++) {
        flow.pin(i, "sum of products over axes by name");
      }
      flow.pinOutput(0, "sum of products over axes by name");
      return;
    }
    String weights = axes.inputs().get(1);
    int to = axes.isSummed(weights.charAt(0)) ? 1 : 0;
    flow.consume(0, 1, 1 - to);
    int width = Math.toIntExact(flow.operands().shape(1).size(to));
    flow.produce(0, axes.output().indexOf(weights.charAt(to)), width);
    flow.encode(1, to, 0);
  }

  /**
   * Whether the second input is a matrix that takes the channels of the first to others, {@code
   * bchw,cd->bdhw}: a layer like a product of matrices.
   */
  private static boolean isLayer(ChannelFlow flow, Axes axes) {
    if (axes.inputs().size() != 2 || axes.inputs().get(1).length() != 2) {
      return false;
    }
    String x = axes.inputs().get(0);
    String weights = axes.inputs().get(1);
    boolean first = axes.isSummed(weights.charAt(0));
    int from = weights.charAt(first ? 0 : 1);
    int to = weights.charAt(first ? 1 : 0);
    boolean leads = x.indexOf(from) >= 0 && x.indexOf(to) < 0 && !axes.isSummed(to);
    boolean once = x.chars().distinct().count() == x.length() && axes.isSummed(from);
    return leads && once && (flow.axis(0) < 0 || flow.axis(0) == x.indexOf(from));
  }
}
