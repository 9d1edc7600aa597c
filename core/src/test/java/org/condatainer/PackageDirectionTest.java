package org.condatainer;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.Architectures.LayeredArchitecture;

/** The rooms of the house, and which way one may look from each. */
@AnalyzeClasses(packages = "org.condatainer", importOptions = DoNotIncludeTests.class)
final class PackageDirectionTest {
  @ArchTest
  static final ArchRule dependenciesPointOneWay =
      rooms()
          .whereLayer("cli")
          .mayNotBeAccessedByAnyLayer()
          .whereLayer("doctor")
          .mayOnlyBeAccessedByLayers("cli")
          .whereLayer("launch")
          .mayOnlyBeAccessedByLayers("cli", "doctor")
          .whereLayer("translation")
          .mayOnlyBeAccessedByLayers("cli", "launch")
          .whereLayer("config")
          .mayOnlyBeAccessedByLayers("cli", "doctor", "launch")
          .whereLayer("lock")
          .mayOnlyBeAccessedByLayers("cli", "doctor", "launch")
          .whereLayer("overlay")
          .mayOnlyBeAccessedByLayers("cli", "doctor", "launch", "lock")
          .whereLayer("container")
          .mayOnlyBeAccessedByLayers("cli", "doctor", "launch")
          .whereLayer("scheduler")
          .mayOnlyBeAccessedByLayers("cli", "doctor", "launch", "translation", "lock");

  /** What a room may look at, where that is little. */
  @ArchTest
  static final ArchRule lowRoomsKnowLittle =
      rooms()
          .whereLayer("job")
          .mayNotAccessAnyLayer()
          .whereLayer("process")
          .mayNotAccessAnyLayer()
          .whereLayer("script")
          .mayNotAccessAnyLayer()
          .whereLayer("scheduler")
          .mayOnlyAccessLayers("job", "process", "script")
          .whereLayer("container")
          .mayOnlyAccessLayers("script")
          .whereLayer("config")
          .mayOnlyAccessLayers("process", "trust")
          .whereLayer("trust")
          .mayOnlyAccessLayers("process")
          .whereLayer("overlay")
          .mayOnlyAccessLayers("process", "script", "trust")
          .whereLayer("translation")
          .mayOnlyAccessLayers("job", "scheduler", "script")
          .whereLayer("lock")
          .mayOnlyAccessLayers("job", "overlay", "process", "scheduler", "script", "trust");

  @ArchTest
  static final ArchRule vocabularyStandsAlone =
      noClasses()
          .that()
          .resideInAPackage("org.condatainer.job..")
          .should()
          .dependOnClassesThat()
          .resideOutsideOfPackages("org.condatainer.job..", "java..");

  @ArchTest
  static final ArchRule noCycles =
      slices().matching("org.condatainer.(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule oneRoomStartsProcesses =
      noClasses()
          .that()
          .resideOutsideOfPackage("org.condatainer.process..")
          .should()
          .dependOnClassesThat()
          .haveFullyQualifiedName("java.lang.ProcessBuilder")
          .orShould()
          .dependOnClassesThat()
          .resideInAPackage("org.apache.commons.exec..");

  @ArchTest
  static final ArchRule onlyTheCommandLineKnowsItsLibrary =
      noClasses()
          .that()
          .resideOutsideOfPackage("org.condatainer.cli..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("picocli..");

  private static LayeredArchitecture rooms() {
    return layeredArchitecture()
        .consideringOnlyDependenciesInAnyPackage("org.condatainer..")
        .layer("cli")
        .definedBy("org.condatainer.cli..")
        .layer("doctor")
        .definedBy("org.condatainer.doctor..")
        .layer("launch")
        .definedBy("org.condatainer.launch..")
        .layer("translation")
        .definedBy("org.condatainer.translation..")
        .layer("config")
        .definedBy("org.condatainer.config..")
        .layer("lock")
        .definedBy("org.condatainer.lock..")
        .layer("overlay")
        .definedBy("org.condatainer.overlay..")
        .layer("container")
        .definedBy("org.condatainer.container..")
        .layer("trust")
        .definedBy("org.condatainer.trust..")
        .layer("scheduler")
        .definedBy("org.condatainer.scheduler..")
        .layer("process")
        .definedBy("org.condatainer.process..")
        .layer("script")
        .definedBy("org.condatainer.script..")
        .layer("job")
        .definedBy("org.condatainer.job..");
  }
}
