package io.github.eventbuffer.torture;

import java.io.IOException;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;

/**
 * A directory that a buffer left behind, of which copies are damaged: several runs, some of them
 * killed, with events delivered, in flight, pending and in the dead letters.
 *
 * @param settings of the buffer whose directory it is
 * @param oracle what was offered, accepted and delivered so far
 * @param events how many were accepted: the numbers below this one, in this order
 * @param letters those that are in the dead letters
 * @param entries where each of them lies
 */
record Stock(
    Settings settings, Oracle oracle, int events, BitSet letters, List<EntryExtent> entries) {

  Path directory() {
    return settings.directory();
  }

  /** A copy to be damaged. */
  Path copy(Path to) throws IOException {
    DirectoryTree.copy(directory(), to);
    return to;
  }

  void delete() throws IOException {
    DirectoryTree.delete(directory());
  }
}
