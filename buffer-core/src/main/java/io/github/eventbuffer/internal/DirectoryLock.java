package io.github.eventbuffer.internal;

import io.github.eventbuffer.BufferClock;
import io.github.eventbuffer.EventBufferException;
import io.github.eventbuffer.EventBufferException.Reason;
import java.io.Closeable;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The OS file lock on a buffer's directory. It ends with the process, however the process ends, so
 * no pid has to be believed; pid, host and start time inside are for people.
 */
final class DirectoryLock implements Closeable {
  private final String key;
  private final RandomAccessFile file;

  /**
   * Takes the lock.
   *
   * @param directoryKey what identifies the directory on this machine
   * @throws EventBufferException with {@link Reason#LOCKED} if another buffer has it
   */
  DirectoryLock(Path directory, String directoryKey, BufferClock clock) throws IOException {
    key = "io.github.eventbuffer.open." + directoryKey;
    // Before the lock file is opened: a second descriptor on it, once closed, would drop the
    // first one's lock (POSIX). System properties are seen by all copies of this library in the
    // JVM.
    if (System.getProperties().putIfAbsent(key, directory.toString()) != null) {
      throw locked(directory, "this process, pid " + pid());
    }
    try {
      file = lock(directory, clock);
    } catch (IOException | RuntimeException | Error e) {
      System.getProperties().remove(key);
      throw e;
    }
  }

  private static RandomAccessFile lock(Path path, BufferClock clock) throws IOException {
    Path lockPath = path.resolve("lock");
    if (Files.isSymbolicLink(lockPath)) {
      throw Refusals.of(Reason.NOT_A_DIRECTORY, lockPath, "is a symbolic link; remove it", null);
    }
    if (!Files.exists(lockPath)) {
      try {
        Files.createFile(lockPath, PrivateFiles.FILE);
      } catch (FileAlreadyExistsException e) {
        // Another process was faster; one of the two will have the lock.
      }
    }
    RandomAccessFile file = new RandomAccessFile(lockPath.toFile(), "rw");
    try {
      FileLock lock = tryLock(file);
      if (lock == null) {
        String owner = owner(file);
        file.close();
        throw locked(path, owner);
      }
      byte[] self =
          ("pid " + pid() + " on " + host() + " since " + clock.now() + "\n")
              .getBytes(StandardCharsets.UTF_8);
      file.write(self);
      file.setLength(self.length);
      return file;
    } catch (IOException | RuntimeException e) {
      file.close();
      throw e;
    }
  }

  private static @Nullable FileLock tryLock(RandomAccessFile file) throws IOException {
    try {
      return file.getChannel().tryLock();
    } catch (OverlappingFileLockException e) {
      return null;
    }
  }

  private static String owner(RandomAccessFile file) throws IOException {
    byte[] text = new byte[(int) Math.min(file.length(), 256)];
    file.seek(0);
    file.readFully(text);
    String owner = new String(text, StandardCharsets.UTF_8).strip();
    return owner.isEmpty() ? "another process" : "another process: " + owner;
  }

  private static long pid() {
    return ProcessHandle.current().pid();
  }

  /** Not {@code InetAddress.getLocalHost()}: it may ask a name server, and wait for it. */
  private static String host() {
    try {
      return Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
    } catch (IOException | SecurityException e) {
      String named = System.getenv("HOSTNAME");
      return named == null ? "an unnamed host" : named;
    }
  }

  static EventBufferException locked(Path path, String owner) {
    return Refusals.of(
        Reason.LOCKED,
        path,
        "is in use by " + owner + "; close that buffer, or choose a directory for this one alone",
        null);
  }

  @Override
  public void close() throws IOException {
    try {
      file.close();
    } finally {
      System.getProperties().remove(key);
    }
  }
}
