package io.github.eventbuffer.torture;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import org.jspecify.annotations.Nullable;

/**
 * The children's class path, and an archive of the classes that a writer loads (class-data
 * sharing), which takes half of the work out of each start. Made once for a driver, deleted at its
 * end. Where the JVM makes none, children start without.
 */
final class ClassArchive {
  private static final String TRAINING =
      "append 0 300 4 0 1\njoin\nflush 10000\nstats\nhealth\ndead-letters\nresources\nexit\n";

  private static @Nullable ClassArchive made;

  private final String classPath;
  private final @Nullable Path archive;

  private ClassArchive(String classPath, @Nullable Path archive) {
    this.classPath = classPath;
    this.archive = archive;
  }

  /** The one of this driver. The first call takes some seconds. */
  static synchronized ClassArchive get() throws IOException {
    ClassArchive known = made;
    if (known == null) {
      known = make();
      made = known;
    }
    return known;
  }

  String classPath() {
    return classPath;
  }

  List<String> flags() {
    return archive == null ? List.of() : List.of("-XX:SharedArchiveFile=" + archive);
  }

  private static ClassArchive make() throws IOException {
    Path directory = Files.createTempDirectory("torture-classes-");
    Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(directory)));
    String classPath = jarred(directory);
    Path archive = directory.resolve("writer.jsa");
    try (Judge judge = Judge.calm()) {
      Settings settings = Settings.of(directory.resolve("training"), 0, judge.url());
      List<String> command = new ArrayList<>(Child.JVM);
      command.add("-XX:ArchiveClassesAtExit=" + archive);
      command.addAll(List.of("-cp", classPath, Program.WRITER.mainClass()));
      command.addAll(settings.arguments());
      train(command);
    }
    return new ClassArchive(classPath, Files.exists(archive) ? archive : null);
  }

  private static void train(List<String> command) throws IOException {
    Process process =
        new ProcessBuilder(command)
            .redirectOutput(Redirect.DISCARD)
            .redirectError(Redirect.DISCARD)
            .start();
    try (OutputStream in = process.getOutputStream()) {
      in.write(TRAINING.getBytes(StandardCharsets.US_ASCII));
      in.flush();
      process.waitFor(60, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      process.destroyForcibly();
    }
  }

  /** This driver's class path with its directories packed: an archive takes none. */
  private static String jarred(Path into) throws IOException {
    String own =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    List<String> entries = new ArrayList<>();
    for (String entry : own.split(File.pathSeparator, -1)) {
      Path path = Path.of(entry);
      if (Files.isDirectory(path)) {
        Path jar = into.resolve("classes-" + entries.size() + ".jar");
        pack(path, jar);
        entries.add(jar.toString());
      } else {
        entries.add(path.toAbsolutePath().toString());
      }
    }
    return String.join(File.pathSeparator, entries);
  }

  private static void pack(Path directory, Path jar) throws IOException {
    try (Stream<Path> walk = Files.walk(directory);
        JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar))) {
      for (Path file : walk.filter(Files::isRegularFile).toList()) {
        out.putNextEntry(new ZipEntry(directory.relativize(file).toString()));
        Files.copy(file, out);
        out.closeEntry();
      }
    }
  }

  private static void delete(Path directory) {
    try {
      DirectoryTree.delete(directory);
    } catch (IOException e) {
      // In the system's temporary directory, which somebody else tidies.
      return;
    }
  }
}
