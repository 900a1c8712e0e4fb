package io.github.eventbuffer;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMethods;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The seams of the design, kept: one direction of flow, one class per third-party library. */
class ArchitectureTest {
  private static final String API = "io.github.eventbuffer";
  private static final String INTERNAL = "io.github.eventbuffer.internal";
  private static final JavaClasses CORE =
      new ClassFileImporter()
          .withImportOption(location -> !location.contains("/test-classes/"))
          .importPackages(API);

  private static void check(ArchRule rule) {
    rule.check(CORE);
  }

  /** Classes of the machine by name, and what is nested in them. Each name must exist. */
  private static DescribedPredicate<JavaClass> machine(String... names) {
    Set<String> wanted = Set.of(names);
    wanted.forEach(name -> CORE.get(INTERNAL + "." + name));
    return describe(
        "one of " + wanted,
        type ->
            type.getPackageName().equals(INTERNAL)
                && wanted.contains(outermost(type).getSimpleName()));
  }

  private static JavaClass outermost(JavaClass type) {
    return type.getEnclosingClass().map(ArchitectureTest::outermost).orElse(type);
  }

  @Test
  void onlyTheAppenderKnowsChronicle() {
    check(onlyUsedIn("net.openhft..", "ChronicleAppender"));
  }

  private static ArchRule onlyUsedIn(String library, String type) {
    return noClasses()
        .that(not(machine(type)))
        .should()
        .dependOnClassesThat()
        .resideInAPackage(library);
  }

  @Test
  void chronicleIsFoundWhereItIsAllowed() {
    // Else the rule above would hold for a class path that lost it.
    check(
        classes()
            .that()
            .haveFullyQualifiedName(INTERNAL + ".ChronicleAppender")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("net.openhft.."));
  }

  @Test
  void theCoreKnowsNoNetwork() {
    check(noClasses().should().dependOnClassesThat().resideInAPackage("java.net.http.."));
    check(
        noClasses()
            .should()
            .dependOnClassesThat()
            .belongToAnyOf(
                java.net.Socket.class,
                java.net.ServerSocket.class,
                java.net.DatagramSocket.class,
                java.net.URLConnection.class,
                java.nio.channels.SocketChannel.class));
  }

  @Test
  void theCoreKnowsNoTransport() {
    check(
        noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(API + ".interchange..", API + ".adcp..", API + ".kafka.."));
  }

  @Test
  void theApiNeedsTheJdkOnly() {
    check(
        classes()
            .that()
            .resideInAPackage(API)
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage("java..", "org.jspecify.annotations", API, INTERNAL));
  }

  @Test
  void theMachineHasOneDoor() {
    check(
        classes()
            .that()
            .resideInAPackage(INTERNAL)
            .and(not(machine("BufferCore", "BufferOptions")))
            .should()
            .notBePublic());
    check(
        noClasses()
            .that()
            .resideInAPackage(API)
            .and(not(describe("EventBuffer", t -> outermost(t).isEquivalentTo(EventBuffer.class))))
            .should()
            .dependOnClassesThat()
            .resideInAPackage(INTERNAL));
  }

  @Test
  void theCallersSideKnowsNothingOfDelivery() {
    check(
        noClasses()
            .that(
                machine(
                    "Appends",
                    "EntryBuffer",
                    "EntryBufferPool",
                    "EventValidator",
                    "EventEncoder",
                    "EventReader",
                    "EventField",
                    "EventScan",
                    "DuplicateFilter",
                    "DuplicateStripe",
                    "KeyTable",
                    "GroupForce",
                    "SegmentForce",
                    "SegmentQueue",
                    "Preallocator",
                    "ChronicleAppender",
                    "Frame"))
            .should()
            .transitivelyDependOnClassesThat(
                machine(
                    "Checkpoint",
                    "CheckpointState",
                    "Commits",
                    "BatchCutter",
                    "Settlement",
                    "Gate",
                    "Retention",
                    "Flusher")));
  }

  @Test
  void deliveryDoesNotAppendEvents() {
    check(
        noClasses()
            .that(machine("Flusher", "Settlement", "Commits", "BatchCutter", "Retention", "Gate"))
            .should()
            .dependOnClassesThat(machine("Appends", "ChronicleAppender", "EntryBuffer")));
  }

  @Test
  void onlyCommitsAndRecoveryWriteTheCheckpoint() {
    check(
        methods()
            .that()
            .areDeclaredIn(INTERNAL + ".Checkpoint")
            .and()
            .haveName("write")
            .should()
            .onlyBeCalled()
            .byClassesThat(machine("Checkpoint", "Commits", "Recovery")));
  }

  @Test
  void onlyTheFlushersSideCommits() {
    check(
        methods()
            .that()
            .areDeclaredIn(INTERNAL + ".Commits")
            .and()
            .haveNameMatching("settle|persist|replace|rewrite")
            .should()
            .onlyBeCalled()
            .byClassesThat(machine("Commits", "Flusher", "Settlement")));
  }

  @Test
  void noClassOfTheMachineExtendsAnother() {
    check(
        classes()
            .that()
            .resideInAPackage(INTERNAL)
            .and()
            .areTopLevelClasses()
            .and()
            .areNotInterfaces()
            .and(not(assignableTo(Throwable.class)))
            .should()
            .haveModifier(com.tngtech.archunit.core.domain.JavaModifier.FINAL));
  }

  @Test
  void timeHasItsTypes() {
    check(
        noClasses()
            .should()
            .dependOnClassesThat()
            .belongToAnyOf(
                java.util.Date.class,
                java.util.Calendar.class,
                java.text.DateFormat.class,
                java.sql.Timestamp.class));
  }

  @Test
  void nothingIsPrinted() {
    check(noClasses().should().accessField(System.class, "out"));
    check(noClasses().should().accessField(System.class, "err"));
    check(noClasses().should().callMethod(Throwable.class, "printStackTrace"));
  }

  @Test
  void noThreadSleepsOrIsInterruptedOrFinalizes() {
    check(noClasses().should().callMethod(Thread.class, "sleep", long.class));
    check(noClasses().should().callMethod(Thread.class, "sleep", long.class, int.class));
    check(noMethods().should().haveName("finalize"));
    check(
        noClasses()
            .that(resideInAPackage(API + ".."))
            .and()
            // By option, and there alone.
            .doNotBelongToAnyOf(EventBuffer.class)
            .should()
            .callMethod(Runtime.class, "addShutdownHook", Thread.class));
    check(noClasses().should().callMethod(System.class, "exit", int.class));
  }
}
