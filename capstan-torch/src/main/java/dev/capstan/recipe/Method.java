package dev.capstan.recipe;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import dev.capstan.error.InvalidInputException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;

/**
 * How the bases of a network are found. All go one path: a method is a choice of basis for each
 * space (docs/method.md, section 2), and what follows (compression, refit, fine-tuning) is the
 * same.
 *
 * @param name in lower case, as users write it: {@code cap}, {@code pca}, or a {@link Criterion}'s
 */
public record Method(@JsonValue String name) {
  /** Cascaded Projection: bases are learned (Minnehan and Savakis 2019). */
  public static final Method CAP = new Method("cap");

  /** The top eigenvectors of the uncentred second moments of the activations. */
  public static final Method PCA = new Method("pca");

  /** Channels of most energy, in the activations and in the weights that read them. */
  public static final Method ACTIVATION = new Method("activation");

  /** A method of this name; whether there is one shows when it is used. */
  @JsonCreator
  public Method {
    if (name.isBlank()) {
      throw new IllegalArgumentException("a method without a name");
    }
  }

  /**
   * All methods: the two that mix channels, then the criteria found among the services.
   *
   * @throws InvalidInputException if one cannot be loaded, or two have one name
   */
  public static List<Method> all() {
    List<Method> all = new ArrayList<>(List.of(CAP, PCA));
    for (Criterion criterion : criteria()) {
      Method method = new Method(criterion.name());
      if (all.contains(method)) {
        throw new InvalidInputException(
            "two methods are called '%s', one of them %s: take one off the class path"
                .formatted(method, criterion.getClass().getName()));
      }
      all.add(method);
    }
    return List.copyOf(all);
  }

  private static List<Criterion> criteria() {
    try {
      return ServiceLoader.load(Criterion.class, Criterion.class.getClassLoader()).stream()
          .map(ServiceLoader.Provider::get)
          .toList();
    } catch (ServiceConfigurationError e) {
      throw new InvalidInputException(
          "class path: a criterion cannot be loaded: " + e.getMessage(), e);
    }
  }

  /** The criterion that chooses, empty for the methods that mix channels. */
  public Optional<Criterion> criterion() {
    return criteria().stream().filter(criterion -> criterion.name().equals(name)).findFirst();
  }

  /** Whether the choice depends on images, not on weights alone. */
  public boolean seesImages() {
    return criterion().map(Criterion::seesImages).orElse(true);
  }

  /** The name. */
  @Override
  public String toString() {
    return name;
  }
}
