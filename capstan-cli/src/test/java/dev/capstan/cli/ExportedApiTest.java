package dev.capstan.cli;

import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.io.InputStream;
import java.lang.module.ModuleDescriptor;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What the modules export to all: few types, with methods that are easily called. */
final class ExportedApiTest {
  private static final int MOST_TYPES = 62;
  private static final int MOST_ARGUMENTS = 5;
  private static final int MOST_COMPONENTS = 8;
  private static final int MOST_FILES = 25;

  private static Map<String, ModuleDescriptor> modules;
  private static List<JavaClass> exported;

  @BeforeAll
  static void read() throws IOException {
    List<ModuleDescriptor> found = new ArrayList<>();
    for (URL url :
        Collections.list(
            ExportedApiTest.class.getClassLoader().getResources("module-info.class"))) {
      try (InputStream stream = url.openStream()) {
        found.add(ModuleDescriptor.read(stream));
      }
    }
    modules =
        found.stream()
            .filter(module -> module.name().startsWith("dev.capstan"))
            .collect(toMap(ModuleDescriptor::name, module -> module, (a, b) -> a, TreeMap::new));
    List<String> packages =
        modules.values().stream()
            .flatMap(module -> module.exports().stream())
            .filter(export -> !export.isQualified())
            .map(ModuleDescriptor.Exports::source)
            .toList();
    JavaClasses classes =
        new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .withImportOption(location -> !location.contains("-tests.jar"))
            .importPackages(packages);
    exported =
        classes.stream()
            .filter(type -> packages.contains(type.getPackageName()))
            .filter(type -> type.getModifiers().contains(JavaModifier.PUBLIC))
            .toList();
  }

  @Test
  void everyModuleIsOne() {
    assertThat(modules.keySet())
        .contains(
            "dev.capstan",
            "dev.capstan.cli",
            "dev.capstan.core",
            "dev.capstan.ort",
            "dev.capstan.torch");
  }

  /** Whoever exports another type writes it into the list. */
  @Test
  void theTypesAreThese() throws IOException {
    String types =
        exported.stream()
            .filter(JavaClass::isTopLevelClass)
            .map(JavaClass::getName)
            .sorted()
            .collect(Collectors.joining("\n", "", "\n"));

    try (InputStream list = ExportedApiTest.class.getResourceAsStream("exported-types.txt")) {
      assertThat(types).isEqualTo(new String(list.readAllBytes(), StandardCharsets.UTF_8));
    }
    assertThat(types.lines()).hasSizeLessThanOrEqualTo(MOST_TYPES);
  }

  @Test
  void noMethodTakesMoreThanFiveArguments() {
    assertThat(exported.stream().flatMap(ExportedApiTest::callable))
        .filteredOn(unit -> unit.getRawParameterTypes().size() > MOST_ARGUMENTS)
        .extracting(JavaCodeUnit::getFullName)
        .isEmpty();
  }

  /** Of a record the canonical constructor has as many arguments as there are components. */
  private static Stream<JavaCodeUnit> callable(JavaClass type) {
    return type.getCodeUnits().stream()
        .filter(unit -> unit.getModifiers().contains(JavaModifier.PUBLIC))
        .filter(unit -> !(type.isRecord() && unit.isConstructor() && isCanonical(type, unit)))
        .filter(unit -> !unit.getName().equals("<clinit>"));
  }

  private static boolean isCanonical(JavaClass type, JavaCodeUnit unit) {
    List<String> components =
        Stream.of(type.reflect().getRecordComponents())
            .map(component -> component.getType().getName())
            .toList();
    return unit.getRawParameterTypes().stream().map(JavaClass::getName).toList().equals(components);
  }

  @Test
  void noRecordHasMoreThanEightComponents() {
    assertThat(exported)
        .filteredOn(JavaClass::isRecord)
        .filteredOn(type -> type.reflect().getRecordComponents().length > MOST_COMPONENTS)
        .extracting(JavaClass::getName)
        .isEmpty();
  }

  /** A package of many files says why it is one. */
  @Test
  void largePackagesHaveAReason() throws IOException {
    try (Stream<Path> files = Files.walk(Path.of(".."))) {
      Map<Path, Long> sizes =
          files
              .filter(file -> file.toString().endsWith(".java"))
              .filter(file -> file.toString().contains("/src/main/java/"))
              .collect(Collectors.groupingBy(Path::getParent, TreeMap::new, Collectors.counting()));
      assertThat(sizes).hasSizeGreaterThan(30);
      for (Path folder : new TreeSet<>(sizes.keySet())) {
        if (sizes.get(folder) > MOST_FILES) {
          assertThat(folder.resolve("package-info.java"))
              .content()
              .contains("One package although large:");
        }
      }
    }
  }
}
