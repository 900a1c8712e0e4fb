package io.github.eventbuffer.torture;

import io.github.eventbuffer.internal.Planting;
import io.github.eventbuffer.torture.PlantedScenario.Weather;
import io.github.eventbuffer.torture.Violation.Rule;
import org.jspecify.annotations.Nullable;

/** A bug that is put into the library in tests, and what the oracle has to say of it. */
enum PlantedFault {
  /** No fault; the oracle has to agree. */
  NONE(Weather.CALM, null),
  NONE_IN_A_STORM(Weather.STORM, null),
  NONE_WITH_KILLS(Weather.KILLS, null),
  NONE_WITH_FLIPS(Weather.FLIPS, null),
  /** Trouble that is not the library's fault, and that it has to cope with. */
  APPENDS_FAIL(Weather.STUBBORN, null, "SegmentQueue.append FailSometimes"),
  FORCES_FAIL(Weather.POWER, null, "SegmentFiles.force ForceFails"),

  ACKNOWLEDGED_BEFORE_APPEND(Weather.KILLS, Rule.CONSERVATION, "Appends.append AcknowledgeFirst"),
  COMMITTED_BEFORE_ANSWER(Weather.STORM, Rule.CONSERVATION, "BufferOptions.transport CommitFirst"),
  ONE_IN_TEN_THOUSAND_DROPPED(
      Weather.BULK, Rule.CONSERVATION, "SegmentQueue.append DropOneInTenThousand"),
  ID_OF_FAILED_APPEND_KEPT(
      Weather.STUBBORN,
      Rule.CONSERVATION,
      "SegmentQueue.append FailSometimes",
      "DuplicateFilter.settle KeepId"),
  FAILED_FORCE_RETRIED(Weather.POWER, Rule.CONSERVATION, "SegmentFiles.force ForceRetried"),
  CHECKSUM_IGNORED(Weather.FLIPS, Rule.INTEGRITY, "Frame.isIntact BelieveAnything"),
  COMMITTED_ON_500(Weather.STORM, Rule.CONSERVATION, "Settlement.settle CommitOnFailure"),
  TOO_LARGE_DROPPED(Weather.STORM, Rule.CONSERVATION, "Settlement.settle DropTooLarge"),
  REFUSED_DROPPED(Weather.STORM, Rule.CONSERVATION, "Settlement.settle DropRefused"),
  CHECKPOINT_SKIPS_AHEAD(Weather.KILLS, Rule.CONSERVATION, "Checkpoint.read SkipAhead"),
  STORED_AND_REFUSED(Weather.CALM, Rule.CONSERVATION, "SegmentQueue.append RefuseStored"),
  PAYLOAD_CHANGED(Weather.CALM, Rule.INTEGRITY, "EntryBuffer.begin ChangePayload"),
  SENT_AGAIN_WITHOUT_A_REASON(Weather.CALM, Rule.DUPLICATES, "Settlement.settle SendAgain"),
  WINDOW_FORGOTTEN(Weather.KILLS, Rule.DUPLICATES, "EarlierIds.contains ForgetWindow"),
  COUNTER_OFF_BY_ONE(Weather.CALM, Rule.ACCOUNTING, "Commits.settle Miscount"),
  FLUSHER_DIES(Weather.CALM, Rule.LIVENESS, "Flusher.turnAndSleep EndFlusher"),
  APPEND_BLOCKS(Weather.CALM, Rule.LIVENESS, "SegmentQueue.append Block"),
  LOCK_KEPT(Weather.CALM, Rule.LEFTOVERS, "DirectoryLock.close KeepLock"),
  DESCRIPTORS_LEAK(Weather.CALM, Rule.LEFTOVERS, "SegmentReader.close KeepFile"),
  THREADS_LEAK(Weather.CALM, Rule.LEFTOVERS, "Preallocator.close KeepThread"),
  DIRECTORY_GROWS(Weather.BULK, Rule.LEFTOVERS, "Retention.run KeepSegments");

  final Weather weather;
  final @Nullable Rule broken;
  private final String[] plants;

  /**
   * Defines a fault.
   *
   * @param broken what the oracle has to find, among other things; null when it must find nothing
   * @param plants {@code Class.method Advice}
   */
  PlantedFault(Weather weather, @Nullable Rule broken, String... plants) {
    this.weather = weather;
    this.broken = broken;
    this.plants = plants;
  }

  void plant() {
    for (String one : plants) {
      String[] words = one.split("[. ]", -1);
      Planting.plant(words[0], words[1], words[2]);
    }
  }
}
