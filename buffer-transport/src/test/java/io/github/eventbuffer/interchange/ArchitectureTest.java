package io.github.eventbuffer.interchange;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.Location;
import org.junit.jupiter.api.Test;

/** The transport stands on the core's API and on java.net.http, and on nothing behind either. */
class ArchitectureTest {

  /** The classes of this module: the core is on the class path, too, with the same root package. */
  private static final JavaClasses TRANSPORT =
      new ClassFileImporter()
          .withImportOption(ArchitectureTest::isOfThisModule)
          .importPackages("io.github.eventbuffer");

  private static boolean isOfThisModule(Location location) {
    return location.contains("/buffer-transport/") && !location.contains("/test-classes/");
  }

  @Test
  void onlyTheEndpointSpeaksHttp() {
    noClasses()
        .that()
        .resideOutsideOfPackage("io.github.eventbuffer.http")
        .should()
        .dependOnClassesThat()
        .areAssignableTo(java.net.http.HttpClient.class)
        .check(TRANSPORT);
    classes()
        .that()
        .haveSimpleName("HttpEndpoint")
        .should()
        .dependOnClassesThat()
        .areAssignableTo(java.net.http.HttpClient.class)
        .check(TRANSPORT);
  }

  @Test
  void whatTheTransportsShareKnowsNoneOfThem() {
    noClasses()
        .that()
        .resideInAPackage("io.github.eventbuffer.http")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.github.eventbuffer.interchange", "io.github.eventbuffer.adcp")
        .check(TRANSPORT);
  }

  @Test
  void theTransportsKnowNothingOfEachOther() {
    noClasses()
        .that()
        .resideInAPackage("io.github.eventbuffer.adcp")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.github.eventbuffer.interchange")
        .check(TRANSPORT);
    noClasses()
        .that()
        .resideInAPackage("io.github.eventbuffer.interchange")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.github.eventbuffer.adcp")
        .check(TRANSPORT);
  }

  @Test
  void theCoresMachineIsOutOfReach() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.github.eventbuffer.internal..")
        .check(TRANSPORT);
  }

  @Test
  void theStorageIsOutOfReach() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("net.openhft..", "com.github.benmanes..")
        .check(TRANSPORT);
  }

  @Test
  void nothingIsPrintedAndNoThreadSleeps() {
    noClasses().should().accessField(System.class, "out").check(TRANSPORT);
    noClasses().should().accessField(System.class, "err").check(TRANSPORT);
    noClasses().should().callMethod(Throwable.class, "printStackTrace").check(TRANSPORT);
    noClasses().should().callMethod(Thread.class, "sleep", long.class).check(TRANSPORT);
  }
}
