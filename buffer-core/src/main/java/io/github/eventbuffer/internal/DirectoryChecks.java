package io.github.eventbuffer.internal;

import io.github.eventbuffer.EventBufferException.Reason;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Whether a path can be a buffer's directory: made if need be, ours, local, and nobody else's. */
final class DirectoryChecks {
  private static final Set<String> NETWORK_TYPES =
      Set.of(
          "nfs",
          "nfs4",
          "cifs",
          "smb",
          "smb2",
          "smb3",
          "smbfs",
          "afs",
          "ceph",
          "9p",
          "fuse.sshfs",
          "glusterfs",
          "fuse.glusterfs",
          "lustre",
          "gpfs",
          "beegfs",
          "fuse.s3fs",
          "fuse.gcsfuse");

  /**
   * What may lie in a buffer's directory before it has its metadata, a crash while it is made
   * included.
   */
  private static final Set<String> OWN_NAMES =
      Set.of(
          "lock",
          "buffer.json.new",
          "queue",
          "checkpoint",
          "checkpoint.new",
          "dead-letters",
          "quarantine",
          "lost+found");

  private static final String OWNER_PROBE = ".owner";

  private DirectoryChecks() {}

  /**
   * Makes and checks the directory; returns what identifies it on this machine.
   *
   * @throws io.github.eventbuffer.EventBufferException with a reason that tells what is wrong
   */
  static String check(Path path) throws IOException {
    create(path);
    checkForStrangers(path);
    String key = checkOwner(path);
    checkFileSystem(path);
    return key;
  }

  /**
   * A path that was mistyped, {@code /tmp} say, must not become a buffer and lose its permissions
   * to others.
   */
  private static void checkForStrangers(Path path) throws IOException {
    if (Files.exists(path.resolve("buffer.json"), LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(path)) {
      for (Path entry : entries) {
        String name = entry.getFileName().toString();
        if (!OWN_NAMES.contains(name) && !name.startsWith(OWNER_PROBE)) {
          throw Refusals.of(
              Reason.NOT_A_BUFFER,
              path,
              "holds something else ("
                  + name
                  + ") and no buffer; choose an empty directory, or one that does not exist yet",
              null);
        }
      }
    }
  }

  private static void create(Path path) throws IOException {
    if (Files.isSymbolicLink(path)) {
      throw Refusals.of(
          Reason.NOT_A_DIRECTORY, path, "is a symbolic link; give the real path", null);
    }
    Path parent = path.getParent();
    if (parent != null && !Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      createParent(path, parent);
    }
    try {
      Files.createDirectory(path, PrivateFiles.DIRECTORY);
      SegmentFiles.forceDirectory(parent);
    } catch (FileAlreadyExistsException e) {
      if (!Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
        throw Refusals.of(
            Reason.NOT_A_DIRECTORY, path, "is not a directory; choose another path", e);
      }
    }
    if (!Files.isWritable(path)) {
      throw Refusals.notWritable(path, null);
    }
  }

  private static void createParent(Path path, Path parent) throws IOException {
    try {
      Files.createDirectories(parent);
    } catch (AccessDeniedException e) {
      throw e;
    } catch (IOException e) {
      for (Path above = parent; above != null; above = above.getParent()) {
        if (Files.exists(above) && !Files.isDirectory(above)) {
          throw Refusals.of(
              Reason.NOT_A_DIRECTORY,
              path,
              "cannot be made: " + above + " is not a directory; choose another path",
              e);
        }
      }
      throw e;
    }
  }

  /** Returns what identifies the directory on this machine. */
  private static String checkOwner(Path path) throws IOException {
    PosixFileAttributeView view =
        Files.getFileAttributeView(path, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
    if (view == null) {
      return path.toRealPath().toString();
    }
    PosixFileAttributes attributes = view.readAttributes();
    Object owner = Files.getAttribute(path, "unix:uid", LinkOption.NOFOLLOW_LINKS);
    Object self = ownUid(path);
    if (self != null && !owner.equals(self)) {
      throw Refusals.of(
          Reason.WRONG_OWNER,
          path,
          "belongs to uid "
              + owner
              + ", this process is uid "
              + self
              + "; run it as that user, or give it the directory: chown -R "
              + self
              + " "
              + path,
          null);
    }
    if (!attributes.permissions().equals(PrivateFiles.DIRECTORY_MODE)) {
      view.setPermissions(PrivateFiles.DIRECTORY_MODE);
    }
    Object fileKey = attributes.fileKey();
    return fileKey == null ? path.toRealPath().toString() : fileKey.toString();
  }

  /** The uid of what this process creates; null where the disk has no room even for a name. */
  private static @Nullable Object ownUid(Path path) throws IOException {
    Path probe;
    try {
      probe = Files.createTempFile(path, OWNER_PROBE, null, PrivateFiles.FILE);
    } catch (IOException e) {
      if (SpaceErrors.isNoSpace(e)) {
        return null;
      }
      throw e;
    }
    try {
      return Files.getAttribute(probe, "unix:uid", LinkOption.NOFOLLOW_LINKS);
    } catch (NoSuchFileException e) {
      // The process that has the directory tidied up; the lock will say so.
      return null;
    } finally {
      Files.deleteIfExists(probe);
    }
  }

  /** Removes what a kill in the middle of the check left; to be called by the owner of the lock. */
  static void tidy(Path path) throws IOException {
    try (DirectoryStream<Path> probes = Files.newDirectoryStream(path, OWNER_PROBE + "*")) {
      for (Path probe : probes) {
        Files.deleteIfExists(probe);
      }
    }
  }

  private static void checkFileSystem(Path path) throws IOException {
    String type = Files.getFileStore(path).type().toLowerCase(Locale.ROOT);
    if (isNetwork(type)) {
      throw Refusals.of(
          Reason.NETWORK_FILE_SYSTEM,
          path,
          "is on " + type + ", a network file system; choose a directory on a local disk",
          null);
    }
  }

  static boolean isNetwork(String fileStoreType) {
    return NETWORK_TYPES.contains(fileStoreType);
  }
}
