package io.github.eventbuffer.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.eventbuffer.EventBufferException;
import io.github.eventbuffer.EventBufferException.Reason;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DirectoryChecksTest {
  private static final Path PATH = Path.of("/var/lib/checkout/events");

  @ParameterizedTest
  @ValueSource(
      strings = {"nfs", "nfs4", "cifs", "smb3", "afs", "ceph", "9p", "fuse.sshfs", "glusterfs"})
  void networkFileSystemsAreKnown(String type) {
    assertTrue(DirectoryChecks.isNetwork(type));
  }

  @ParameterizedTest
  @ValueSource(strings = {"ext4", "xfs", "btrfs", "zfs", "tmpfs", "overlay", "apfs", "ntfs", ""})
  void localFileSystemsAreTaken(String type) {
    assertFalse(DirectoryChecks.isNetwork(type));
  }

  @Test
  void whatTheDiskThrowsBecomesAReason() {
    assertEquals(Reason.NO_SPACE, reason(new IOException("No space left on device")));
    assertEquals(
        Reason.NO_SPACE,
        reason(new FileSystemException(PATH.toString(), null, "No space left on device")));
    assertEquals(
        Reason.NO_SPACE, reason(new IllegalStateException(new IOException("Disk quota exceeded"))));
    assertEquals(Reason.NOT_WRITABLE, reason(new AccessDeniedException(PATH.toString())));
    assertEquals(
        Reason.NOT_WRITABLE, reason(new FileNotFoundException(PATH + "/lock (Permission denied)")));
    assertEquals(Reason.IO, reason(new IOException("Input/output error")));
    assertEquals(Reason.IO, reason(new InternalError("a fault occurred")));
  }

  private static Reason reason(Throwable thrown) {
    EventBufferException refusal = Refusals.of(PATH, thrown);
    assertTrue(
        refusal.getMessage().startsWith(refusal.reason() + ": " + PATH + " "),
        refusal.getMessage());
    assertEquals(thrown, refusal.getCause());
    return refusal.reason();
  }
}
