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
import io.github.eventbuffer.testkit.FakeEndpointExtension;
import io.github.eventbuffer.testkit.Fault;
import io.github.eventbuffer.testkit.Script;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.OffsetDateTime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The README's example of a test with the test kit, run. */
class TestkitExampleTest {
  private static final Destination DESTINATION = Destination.of("12345", "website_pixel");

  private static void checkout(EventBuffer buffer) {
    ConversionEvent event =
        ConversionEvent.lead("lead_1", OffsetDateTime.now())
            .user(UserMatch.email("alice@example.com"))
            .build();
    assertEquals(AppendResult.ACCEPTED, buffer.append(event));
  }

  // [readme]
  @RegisterExtension // starts an endpoint for each test, and closes it
  final FakeEndpointExtension endpoints =
      new FakeEndpointExtension(FakeEndpoint.builder().eventSources("website_pixel"));

  @Test
  void aSaleArrivesThoughTheEndpointFailsTwice(FakeEndpoint endpoint, @TempDir Path directory) {
    endpoint.script(Script.times(2, Fault.status(503)).then(Script.ok()));
    try (InterchangeTransport transport =
            InterchangeTransport.builder()
                .apiKey(() -> FakeEndpoint.API_KEY)
                .baseUrl(endpoint.baseUrl())
                .build();
        EventBuffer buffer =
            EventBuffer.builder(directory).destination(DESTINATION).transport(transport).open()) {
      checkout(buffer); // your code
      assertTrue(buffer.flush(Duration.ofSeconds(30)).complete());
      assertEquals(1, endpoint.ledger().count());
    }
  }

  // [/readme]

  @Test
  void theReadmeHasThisTest() throws IOException {
    String source =
        Files.readString(
            Path.of(
                "src/test/java", TestkitExampleTest.class.getName().replace('.', '/') + ".java"));
    int from = source.indexOf("// [readme]\n") + "// [readme]\n".length();
    String block = source.substring(from, source.indexOf("  // [/readme]"));
    assertTrue(
        Files.readString(Path.of("../README.md")).contains(block.stripTrailing().stripIndent()),
        "README.md has this block");
  }
}
