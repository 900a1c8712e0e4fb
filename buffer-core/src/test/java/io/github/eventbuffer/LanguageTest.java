package io.github.eventbuffer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.eventbuffer.internal.FullDeviceProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * In a process that speaks another language, and counts with other digits, all is as in English.
 */
class LanguageTest extends BufferTestCase {
  private final Locale before = Locale.getDefault();

  @AfterEach
  void putBack() {
    Locale.setDefault(before);
  }

  @ParameterizedTest
  @ValueSource(strings = {"fa-IR", "ar-EG-u-nu-arab", "th-TH-u-ca-buddhist-nu-thai", "tr-TR"})
  void whatWasStoredInOneLanguageIsFoundInAnother(String tag) throws IOException {
    Locale.setDefault(Locale.forLanguageTag(tag));
    for (int run = 0; run < 2; run++) {
      try (EventBuffer buffer = builder().open()) {
        buffer.pause();
        append(buffer, 100 * run, 100 * run + 10);
        buffer.close(Duration.ZERO);
      }
    }
    try (Stream<Path> files = Files.walk(directory)) {
      List<Path> odd =
          files.filter(file -> !file.getFileName().toString().matches("\\p{ASCII}+")).toList();
      assertEquals(List.of(), odd);
    }
    Locale.setDefault(Locale.ENGLISH);
    try (EventBuffer buffer = builder().open()) {
      assertEquals(20, buffer.stats().pending());
      assertEquals(AppendResult.DUPLICATE, buffer.append(Events.purchase("event-0")));
      assertTrue(buffer.flush(LONG).complete());
      assertEquals(20, buffer.stats().delivered());
    }
  }

  /** The JDK gives the words of the C library. */
  @Test
  void aFullDiskIsKnownByOtherWordsToo() throws Exception {
    ChildJvm.Result result =
        ChildJvm.current()
            .under("env", "LANGUAGE=de", "LC_ALL=C.utf8")
            .run(FullDeviceProgram.class);
    assertEquals(0, result.exit(), result.all());
    Assumptions.assumeTrue(
        !result.all().contains("No space left"), "needs the German words of the C library");
    assertTrue(result.all().contains("true"), result.all());
  }
}
