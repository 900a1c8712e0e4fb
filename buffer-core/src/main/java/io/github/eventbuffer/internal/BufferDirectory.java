package io.github.eventbuffer.internal;

import io.github.eventbuffer.BufferClock;
import io.github.eventbuffer.EventBufferException;
import io.github.eventbuffer.EventBufferException.Reason;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/**
 * The buffer's directory, owned by this process alone for as long as this object is open.
 *
 * <p>An OS file lock proves it: it ends with the process, however the process ends, so no pid has
 * to be believed. Holding it proves that whatever else looks locked in here is left over.
 */
final class BufferDirectory implements Closeable {
  private final Path path;
  private final DirectoryLock lock;

  private BufferDirectory(Path path, DirectoryLock lock) {
    this.path = path;
    this.lock = lock;
  }

  Path queue() {
    return path.resolve("queue");
  }

  Path deadLetters() {
    return path.resolve("dead-letters");
  }

  Path quarantine() {
    return path.resolve("quarantine");
  }

  Path checkpoint() {
    return path.resolve("checkpoint");
  }

  Path metadata() {
    return path.resolve("buffer.json");
  }

  /**
   * Makes the directory if need be, checks it and takes its lock.
   *
   * @throws EventBufferException with a reason that tells what is wrong with it
   */
  static BufferDirectory claim(Path directory, BufferClock clock) {
    try {
      return claimChecked(directory.toAbsolutePath().normalize(), clock);
    } catch (IOException e) {
      throw Refusals.of(directory, e);
    }
  }

  private static BufferDirectory claimChecked(Path path, BufferClock clock) throws IOException {
    String key = DirectoryChecks.check(path);
    DirectoryLock lock = new DirectoryLock(path, key, clock);
    try {
      BufferDirectory claimed = new BufferDirectory(path, lock);
      DirectoryChecks.tidy(path);
      checkFile(claimed.checkpoint());
      checkFile(claimed.metadata());
      createChild(claimed.queue());
      createChild(claimed.deadLetters());
      return claimed;
    } catch (IOException | RuntimeException | Error e) {
      lock.close();
      throw e;
    }
  }

  /** Not what anybody may have put there: a link would be followed, and a pipe waited for. */
  private static void checkFile(Path file) {
    if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)
        && !Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      throw Refusals.of(
          Reason.NOT_A_DIRECTORY, file, "is no regular file; move it out of the way", null);
    }
  }

  private static void createChild(Path child) throws IOException {
    if (Files.isSymbolicLink(child)) {
      throw Refusals.of(Reason.NOT_A_DIRECTORY, child, "is a symbolic link; remove it", null);
    }
    if (!Files.isDirectory(child)) {
      Files.createDirectory(child, PrivateFiles.DIRECTORY);
    }
  }

  @Override
  public void close() throws IOException {
    lock.close();
  }
}
