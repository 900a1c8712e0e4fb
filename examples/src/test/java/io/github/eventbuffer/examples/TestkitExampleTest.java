package io.github.eventbuffer.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.eventbuffer.AppendResult;
import io.github.eventbuffer.ConversionEvent;
import io.github.eventbuffer.Destination;
import io.github.eventbuffer.EventBuffer;
import io.github.eventbuffer.UserMatch;
import io.github.eventbuffer.interchange.InterchangeTransport;
import io.github.eventbuffer.testkit.FakeEndpoint;
import io.github.eventbuffer.testkit.Fault;
import io.github.eventbuffer.testkit.Script;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.OffsetDateTime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The README's example of a test with the test kit, run. */
class TestkitExampleTest {
  @TempDir Path root;

  private static void checkout(EventBuffer buffer) {
    ConversionEvent event =
        ConversionEvent.lead("lead_1", OffsetDateTime.now())
            .user(UserMatch.email("alice@example.com"))
            .build();
    assertEquals(AppendResult.ACCEPTED, buffer.append(event));
  }

  @Test
  void theReadmesTestRuns() throws Exception {
    Path directory = root.resolve("events");
    Destination destination = Destination.of("12345", "website_pixel");
    // [readme]
    try (FakeEndpoint endpoint =
            FakeEndpoint.builder()
                .script(Script.times(2, Fault.status(503)).then(Script.ok()))
                .start();
        InterchangeTransport transport =
            InterchangeTransport.builder()
                .apiKey(() -> FakeEndpoint.API_KEY)
                .baseUrl(endpoint.baseUrl())
                .build();
        EventBuffer buffer =
            EventBuffer.builder(directory).destination(destination).transport(transport).open()) {
      checkout(buffer); // your code
      assertTrue(buffer.flush(Duration.ofSeconds(30)).complete());
      assertEquals(1, endpoint.ledger().count());
    }
    // [/readme]
    String source =
        Files.readString(
            Path.of(
                "src/test/java", TestkitExampleTest.class.getName().replace('.', '/') + ".java"));
    int from = source.indexOf("// [readme]\n") + "// [readme]\n".length();
    String block = source.substring(from, source.indexOf("    // [/readme]"));
    assertTrue(
        Files.readString(Path.of("../README.md")).contains(block.stripTrailing().stripIndent()),
        "README.md has this block");
  }
}
