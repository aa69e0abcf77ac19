package dev.capstan.cli.option;

import dev.capstan.recipe.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A method by its name, in any case; refuses names of none as wrong usage. */
public final class MethodName implements ITypeConverter<Method> {
  /** The names that the help lists. */
  public static final class All extends ArrayList<String> {
    private static final long serialVersionUID = 1;

    public All() {
      super(names());
    }
  }

  private static List<String> names() {
    return Method.all().stream().map(Method::name).toList();
  }

  @Override
  public Method convert(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    if (!names().contains(lower)) {
      throw new TypeConversionException(
          "expected one of %s (case-insensitive) but was '%s'".formatted(names(), name));
    }
    return new Method(lower);
  }
}
