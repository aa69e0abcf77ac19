package dev.capstan.cli;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMembers;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMember;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.Map;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What may see what. */
final class BoundariesTest {
  private static final String TORCH = "/capstan-torch";
  private static final String LIBTORCH = "org.bytedeco..";
  private static final String ONNX_RUNTIME = "ai.onnxruntime..";

  /** Packages of capstan-torch that others may use. */
  private static final String[] EXPORTED = {
    "dev.capstan.torch", "dev.capstan.recipe", "dev.capstan.recipe.stage"
  };

  private static JavaClasses classes;

  @BeforeAll
  static void importMainClasses() {
    classes =
        new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .withImportOption(location -> !location.contains("-tests.jar"))
            .importPackages("dev.capstan");
  }

  @Test
  void looksAtAllModules() {
    assertThat(classes)
        .extracting(JavaClass::getPackageName)
        .contains("dev.capstan.graph", "dev.capstan.ort", "dev.capstan.cli");
    assertThat(classes.that(isPartOfCapstanTorch()))
        .extracting(JavaClass::getPackageName)
        .contains("dev.capstan.torch", "dev.capstan.torch.internal.engine")
        .doesNotContain("dev.capstan.graph", "dev.capstan.ort", "dev.capstan.cli");
    assertThat(classes.contain(BoundariesTest.class)).isFalse();
  }

  @Test
  void onlyCapstanTorchSeesLibtorch() {
    check(
        noClasses()
            .that(DescribedPredicate.not(isPartOfCapstanTorch()))
            .should()
            .dependOnClassesThat()
            .resideInAPackage(LIBTORCH));
  }

  @Test
  void othersSeeOnlyWhatCapstanTorchExports() {
    check(
        noClasses()
            .that(DescribedPredicate.not(isPartOfCapstanTorch()))
            .should()
            .dependOnClassesThat(isPartOfCapstanTorch().and(outside(EXPORTED))));
  }

  @Test
  void onlyCapstanOrtSeesOnnxRuntime() {
    check(
        noClasses()
            .that()
            .resideOutsideOfPackage("dev.capstan.ort")
            .should()
            .dependOnClassesThat()
            .resideInAPackage(ONNX_RUNTIME));
  }

  @Test
  void facadesExposeNothingHidden() {
    for (String exported : EXPORTED) {
      check(exposes(exported, resideInAPackage(LIBTORCH)));
      check(exposes(exported, isPartOfCapstanTorch().and(outside(EXPORTED))));
    }
    check(exposes("dev.capstan.ort", resideInAPackage(ONNX_RUNTIME)));
  }

  @Test
  void exposureIsFound() {
    JavaClasses leak = new ClassFileImporter().importClasses(Leak.class);

    assertThatThrownBy(() -> exposes("dev.capstan.cli", resideInAPackage(LIBTORCH)).check(leak))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("pointers()");
  }

  /** Leaks a native type. */
  public static final class Leak {
    /** As a type argument. */
    public Map<String, Pointer> pointers() {
      return Map.of();
    }
  }

  @Test
  void graphSeesNothingElseOfTheProject() {
    check(
        noClasses()
            .that()
            .resideInAPackage("dev.capstan.graph..")
            .should()
            .dependOnClassesThat(
                resideInAPackage("dev.capstan..")
                    .and(outside("dev.capstan.graph..", "dev.capstan.error"))));
  }

  /** What is asked for, and what came of it, are values: services work with them, not in them. */
  @Test
  void jobsAndReportsSeeNoService() {
    check(
        noClasses()
            .that()
            .resideInAnyPackage("dev.capstan.job", "dev.capstan.report", "dev.capstan.metric")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                "dev.capstan.pipeline..",
                "dev.capstan.torch..",
                "dev.capstan.ort",
                "dev.capstan.onnx..",
                "dev.capstan.files..",
                "dev.capstan.data..",
                "dev.capstan.graph.."));
  }

  @Test
  void packagesFormNoCircles() {
    check(slices().matching("dev.capstan.(**)").should().beFreeOfCycles());
  }

  @Test
  void onlyTheCommandLineTouchesTheProcess() {
    check(
        noClasses()
            .that()
            .resideOutsideOfPackage("dev.capstan.cli..")
            .and()
            // The main class of a process that the library starts for ONNX Runtime.
            .doNotHaveFullyQualifiedName("dev.capstan.ort.OrtChild")
            .should()
            .accessField(System.class, "out")
            .orShould()
            .accessField(System.class, "err")
            .orShould()
            .callMethod(System.class, "exit", int.class)
            .orShould()
            .callMethod(Runtime.class, "exit", int.class)
            .orShould()
            .callMethod(Runtime.class, "halt", int.class));
  }

  /** A package may be empty until its time comes. */
  private static void check(ArchRule rule) {
    rule.allowEmptyShould(true).check(classes);
  }

  /** By where its class file lies: packages come and go. */
  private static DescribedPredicate<JavaClass> isPartOfCapstanTorch() {
    return DescribedPredicate.describe(
        "are part of capstan-torch",
        type ->
            type.getSource()
                .filter(source -> source.getUri().toString().contains(TORCH))
                .isPresent());
  }

  private static DescribedPredicate<JavaClass> outside(String... packages) {
    return JavaClass.Predicates.resideOutsideOfPackages(packages);
  }

  /** That no public or protected member of the package's public classes mentions a type. */
  private static ArchRule exposes(String owner, DescribedPredicate<JavaClass> hidden) {
    return noMembers()
        .that()
        .areDeclaredInClassesThat(resideInAPackage(owner).and(isVisible()))
        .should(mention(hidden));
  }

  private static DescribedPredicate<JavaClass> isVisible() {
    return DescribedPredicate.describe(
        "are public", owner -> owner.getModifiers().contains(JavaModifier.PUBLIC));
  }

  private static ArchCondition<JavaMember> mention(DescribedPredicate<JavaClass> hidden) {
    return new ArchCondition<>("mention types that " + hidden.getDescription()) {
      @Override
      public void check(JavaMember member, ConditionEvents events) {
        boolean mentions =
            isVisible(member) && member.getAllInvolvedRawTypes().stream().anyMatch(hidden);
        events.add(new SimpleConditionEvent(member, mentions, member.getDescription()));
      }
    };
  }

  private static boolean isVisible(JavaMember member) {
    return member.getModifiers().contains(JavaModifier.PUBLIC)
        || member.getModifiers().contains(JavaModifier.PROTECTED);
  }
}
