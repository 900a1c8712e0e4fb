package io.github.eventbuffer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.eventbuffer.EventBufferException.Reason;
import java.io.File;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Directories that cannot be a buffer's: the reason, and a message that says what to do. */
class OpenRefusedTest {
  private static final Destination DESTINATION = Destination.of("12345", "website_pixel");

  @TempDir Path root;
  private Path directory;

  @BeforeEach
  void name() {
    directory = root.resolve("events");
  }

  private static EventBuffer open(Path directory, Destination destination) {
    return EventBuffer.builder(directory)
        .destination(destination)
        .transport(new ScriptedTransport())
        .segmentBytes(2 << 20)
        .open();
  }

  private static EventBuffer open(Path directory) {
    return open(directory, DESTINATION);
  }

  private static void assertRefused(Path directory, Reason reason, String... parts) {
    assertRefused(directory, DESTINATION, reason, parts);
  }

  private static void assertRefused(
      Path directory, Destination destination, Reason reason, String... parts) {
    var refused = assertThrows(EventBufferException.class, () -> open(directory, destination));
    assertEquals(reason, refused.reason(), refused.getMessage());
    assertMentions(refused.getMessage(), parts);
  }

  private static void assertMentions(String message, String... parts) {
    for (String part : parts) {
      assertTrue(message.contains(part), () -> message + " <- " + part);
    }
  }

  @Test
  void aFileIsNoDirectory() throws IOException {
    Files.createFile(directory);
    assertRefused(directory, Reason.NOT_A_DIRECTORY, directory + " is not a directory", "choose");
    assertEquals(0, Files.size(directory));
  }

  @ParameterizedTest
  @ValueSource(strings = {"below", "far/below"})
  void nothingCanBeMadeBelowAFile(String below) throws IOException {
    Path file = Files.createFile(root.resolve("file"));
    assertRefused(
        file.resolve(below), Reason.NOT_A_DIRECTORY, file + " is not a directory", "choose");
  }

  @Test
  void aDirectoryWithOtherThingsInItIsRefusedAndKeepsItsMode() throws IOException {
    Files.createDirectory(
        directory,
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
    Files.createFile(directory.resolve("somebody-elses"));
    assertRefused(directory, Reason.NOT_A_BUFFER, "somebody-elses", "choose an empty directory");
    assertEquals(
        "rwxr-xr-x", PosixFilePermissions.toString(Files.getPosixFilePermissions(directory)));
    try (Stream<Path> left = Files.list(directory)) {
      assertEquals(1, left.count());
    }
  }

  @Test
  void aSymbolicLinkIsRefused() throws IOException {
    Path real = Files.createDirectory(root.resolve("real"));
    Files.createSymbolicLink(directory, real);
    assertRefused(
        directory, Reason.NOT_A_DIRECTORY, directory + " is a symbolic link", "give the real path");
    try (Stream<Path> left = Files.list(real)) {
      assertEquals(0, left.count());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"lock", "queue", "dead-letters"})
  void aSymbolicLinkInsideIsRefused(String name) throws IOException {
    Files.createDirectory(directory);
    Path target = root.resolve("target");
    Files.createSymbolicLink(directory.resolve(name), target);
    assertRefused(
        directory, Reason.NOT_A_DIRECTORY, directory.resolve(name) + " is a symbolic link");
    assertTrue(Files.notExists(target));
  }

  @ParameterizedTest
  @ValueSource(strings = {"checkpoint", "buffer.json"})
  void whatIsNoFileIsRefusedInThePlaceOfOne(String name) throws IOException {
    Files.createDirectory(directory);
    Path file = directory.resolve(name);
    Files.createDirectory(file);
    assertRefused(directory, Reason.NOT_A_DIRECTORY, file + " is no regular file");
    Files.delete(file);
    Path target = Files.write(root.resolve("target"), new byte[32 << 10]);
    Files.createSymbolicLink(file, target);
    assertRefused(directory, Reason.NOT_A_DIRECTORY, file + " is no regular file");
    assertEquals(
        -1, Files.mismatch(target, Files.write(root.resolve("zeros"), new byte[32 << 10])));
  }

  @Test
  void aDirectoryThatMayNotBeWrittenIsRefused() throws Exception {
    Files.createDirectory(directory);
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("r-xr-xr-x"));
    assertNotWritable();
  }

  @Test
  void aDirectoryThatMayNotBeMadeIsRefused() throws Exception {
    Path closed = Files.createDirectory(root.resolve("closed"));
    directory = closed.resolve("events");
    Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("r-xr-xr-x"));
    try {
      assertNotWritable();
    } finally {
      Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("rwx------"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"lock", "buffer.json", "checkpoint"})
  void aFileInItThatMayNotBeOpenedIsRefused(String name) throws Exception {
    open(directory).close();
    Files.setPosixFilePermissions(
        directory.resolve(name), PosixFilePermissions.fromString("---------"));
    assertNotWritable(name);
  }

  private void assertNotWritable(String... parts) throws Exception {
    ChildJvm jvm = ChildJvm.current();
    if (isRoot()) {
      // To root every file is open, unless it gives that up.
      String[] without = {
        "setpriv",
        "--bounding-set=-dac_override,-dac_read_search",
        "--inh-caps=-dac_override,-dac_read_search"
      };
      assumeTrue(works(without), "this is root, and setpriv is not here to be less than that");
      jvm.under(without);
    }
    ChildJvm.Result result = jvm.run(ChildProgram.class, directory.toString());
    assertEquals("NOT_WRITABLE", result.out().get(0), result.all());
    assertMentions(
        result.out().get(1), directory + " may not be made or written by this user", "chown -R");
    assertMentions(result.out().get(1), parts);
  }

  private static boolean works(String... command) {
    List<String> all = new ArrayList<>(List.of(command));
    all.add("true");
    try {
      return new ProcessBuilder(all).start().waitFor() == 0;
    } catch (IOException | InterruptedException e) {
      return false;
    }
  }

  private boolean isRoot() throws IOException {
    return Files.getAttribute(root, "unix:uid").equals(0);
  }

  @Test
  @Tag("root")
  void anotherUsersDirectoryIsRefused() throws IOException {
    assumeTrue(isRoot(), "only root can give a directory away");
    Files.createDirectory(directory);
    Files.setAttribute(directory, "unix:uid", 12345);
    assertRefused(
        directory,
        Reason.WRONG_OWNER,
        "belongs to uid 12345",
        "this process is uid 0",
        "chown -R 0 " + directory);
    try (Stream<Path> left = Files.list(directory)) {
      assertEquals(0, left.count());
    }
  }

  @Test
  void anotherDestinationsDirectoryIsRefused() {
    open(directory).close();
    assertRefused(
        directory,
        Destination.of("12345", "other"),
        Reason.OTHER_DESTINATION,
        directory.resolve("buffer.json").toString(),
        "advertiser 12345, event source website_pixel",
        "not for advertiser 12345, event source other",
        "choose a directory for each destination");
    assertRefused(
        directory,
        DESTINATION.testEventCode("TEST1"),
        Reason.OTHER_DESTINATION,
        "test event code TEST1");
    open(directory).close();
  }

  /** As a later version of the library would write it. */
  private static String newerFormat(Path metadata) throws IOException {
    ObjectMapper mapper = new ObjectMapper();
    ObjectNode node = (ObjectNode) mapper.readTree(metadata.toFile());
    node.remove("crc32c");
    node.put("format_version", 2);
    CRC32C crc = new CRC32C();
    crc.update(mapper.writeValueAsBytes(node));
    node.put("crc32c", Long.toHexString(crc.getValue()));
    mapper.writeValue(metadata.toFile(), node);
    return Files.readString(metadata);
  }

  @Test
  void aNewerFormatIsRefusedAndNotTouched() throws IOException {
    open(directory).close();
    Path metadata = directory.resolve("buffer.json");
    String newer = newerFormat(metadata);
    assertRefused(
        directory,
        Reason.NEWER_FORMAT,
        metadata + " has format 2",
        "reads up to 1",
        "use the version of the library that wrote it");
    assertEquals(newer, Files.readString(metadata));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{",
        "[]",
        "{}",
        "\u0000\u0000\u0000",
        "{\"format_version\":0,\"advertiser_id\":\"12345\",\"event_source_id\":\"website_pixel\"}",
        "{\"format_version\":1,\"advertiser_id\":\"12345\"}",
        "{\"format_version\":1,\"advertiser_id\":\"\",\"event_source_id\":\"\"}"
      })
  void damagedMetadataIsMadeAnewButNotForAnotherDestination(String text) throws IOException {
    try (EventBuffer buffer = open(directory)) {
      assertEquals(AppendResult.ACCEPTED, buffer.append(Events.purchase("a")));
    }
    Path metadata = directory.resolve("buffer.json");
    String good = Files.readString(metadata);
    Files.writeString(metadata, text);
    assertRefused(directory, Destination.of("12345", "other"), Reason.OTHER_DESTINATION);
    assertEquals(text, Files.readString(metadata));
    open(directory).close();
    assertEquals(good.replaceAll("\"c.*", ""), Files.readString(metadata).replaceAll("\"c.*", ""));
  }

  @Test
  void aDamagedNameOfTheDestinationDoesNotLockTheOwnerOut() throws IOException {
    open(directory).close();
    Path metadata = directory.resolve("buffer.json");
    String good = Files.readString(metadata);
    Files.writeString(metadata, good.replace("website_pixel", "website_pixem"));
    open(directory).close();
    assertEquals(good.replaceAll("\"c.*", ""), Files.readString(metadata).replaceAll("\"c.*", ""));
  }

  @Test
  void aDirectoryInUseByThisProcessStaysItsOwners() throws Exception {
    try (EventBuffer first = open(directory)) {
      for (int i = 0; i < 2; i++) {
        assertRefused(
            directory,
            Reason.LOCKED,
            directory + " is in use by this process, pid " + ProcessHandle.current().pid(),
            "close that buffer, or choose a directory");
        // A refused open must not have dropped the first one's lock.
        ChildJvm.Result other = ChildJvm.current().run(ChildProgram.class, directory.toString());
        assertEquals("LOCKED", other.out().get(0), other.all());
        assertMentions(
            other.out().get(1),
            directory + " is in use by another process",
            "pid " + ProcessHandle.current().pid() + " on ");
      }
      assertEquals(AppendResult.ACCEPTED, first.append(Events.purchase("a")));
    }
    open(directory).close();
  }

  @Test
  void aLockFileThatSomebodyRemovedLetsNoSecondProcessIn() throws Exception {
    try (EventBuffer first = open(directory)) {
      for (int i = 0; i < 2; i++) {
        Files.delete(directory.resolve("lock"));
        ChildJvm.Result other = ChildJvm.current().run(ChildProgram.class, directory.toString());
        assertEquals("LOCKED", other.out().get(0), other.all());
        assertMentions(other.out().get(1), directory + " is in use", "lock file was removed");
      }
      assertEquals(AppendResult.ACCEPTED, first.append(Events.purchase("a")));
    }
    open(directory).close();
  }

  @Test
  void whatAKillLeftOfACheckIsTidiedUp() throws IOException {
    Files.createDirectory(directory);
    Path left = Files.createFile(directory.resolve(".owner123.tmp"));
    open(directory).close();
    assertFalse(Files.exists(left));
  }

  @Test
  void aDirectoryInUseUnderAnotherNameIsInUse() throws IOException {
    Path parent = Files.createDirectory(root.resolve("parent"));
    Path link = Files.createSymbolicLink(root.resolve("link"), parent);
    try (EventBuffer first = open(parent.resolve("events"))) {
      assertNotNull(first);
      assertRefused(link.resolve("events"), Reason.LOCKED, "is in use by this process");
      assertRefused(parent.resolve("x/../events"), Reason.LOCKED, "is in use by this process");
    }
  }

  @Test
  void aDirectoryInUseByAnotherProcessIsFreeOnceThatIsKilled() throws Exception {
    try (ChildJvm.Running other =
        ChildJvm.current().start(ChildProgram.class, directory.toString(), "wait")) {
      other.line();
      assertEquals("open", other.line());
      assertRefused(directory, Reason.LOCKED, "another process: pid " + other.pid() + " on ");
      assertRefused(directory, Reason.LOCKED, "another process: pid " + other.pid() + " on ");
    }
    open(directory).close();
  }

  @Test
  void aSecondCopyOfTheLibraryInThisProcessFindsItInUse() throws Exception {
    List<URL> urls = new ArrayList<>();
    for (String entry : ChildJvm.bareClassPath().split(File.pathSeparator)) {
      urls.add(Path.of(entry).toUri().toURL());
    }
    try (EventBuffer first = open(directory);
        URLClassLoader copy =
            new URLClassLoader(urls.toArray(URL[]::new), ClassLoader.getPlatformClassLoader())) {
      Class<?> opener = copy.loadClass(SecondCopy.class.getName());
      assertFalse(opener == SecondCopy.class);
      var method = opener.getDeclaredMethod("open", Path.class);
      method.setAccessible(true);
      var thrown =
          assertThrows(InvocationTargetException.class, () -> method.invoke(null, directory));
      assertMentions(thrown.getCause().getMessage(), "is in use by this process");
      ChildJvm.Result other = ChildJvm.current().run(ChildProgram.class, directory.toString());
      assertEquals("LOCKED", other.out().get(0), other.all());
      assertEquals(AppendResult.ACCEPTED, first.append(Events.purchase("a")));
    }
  }

  /** Loaded by a class loader of its own. */
  static final class SecondCopy {
    private SecondCopy() {}

    static void open(Path directory) {
      OpenRefusedTest.open(directory).close();
    }
  }

  @Test
  void allOfItIsForTheOwnerOnlyWhateverTheUmask() throws Exception {
    ChildJvm.Result result =
        ChildJvm.current()
            .under("sh", "-c", "umask 000; exec \"$@\"", "sh")
            .run(ChildProgram.class, directory.toString());
    assertEquals(0, result.exit(), result.all());
    assertModes();
  }

  @Test
  void aDirectoryThatIsOpenToOthersIsClosedToThem() throws IOException {
    Files.createDirectory(directory);
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwxrwx"));
    try (EventBuffer buffer = open(directory)) {
      assertEquals(AppendResult.ACCEPTED, buffer.append(Events.purchase("a")));
      assertModes();
    }
  }

  private void assertModes() throws IOException {
    try (Stream<Path> all = Files.walk(directory)) {
      for (Path path : all.toList()) {
        assertEquals(
            Files.isDirectory(path) ? "rwx------" : "rw-------",
            PosixFilePermissions.toString(Files.getPosixFilePermissions(path)),
            path.toString());
      }
    }
  }

  @Test
  void aRefusedOpenLeavesNothingOpen() throws IOException {
    open(directory).close();
    Path metadata = directory.resolve("buffer.json");
    String good = Files.readString(metadata);
    newerFormat(metadata);
    assertRefused(directory, Reason.NEWER_FORMAT, "has format 2");
    Files.writeString(metadata, good);
    try (EventBuffer buffer = open(directory)) {
      assertEquals(AppendResult.ACCEPTED, buffer.append(Events.purchase("a")));
    }
  }
}
