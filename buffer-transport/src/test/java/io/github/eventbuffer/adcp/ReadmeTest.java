package io.github.eventbuffer.adcp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.eventbuffer.AppendResult;
import io.github.eventbuffer.ConversionEvent;
import io.github.eventbuffer.Destination;
import io.github.eventbuffer.EventBuffer;
import io.github.eventbuffer.EventType;
import io.github.eventbuffer.UserMatch;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The README's example of a seller agent, run. */
class ReadmeTest {
  @TempDir Path root;

  private static void checkout(EventBuffer buffer) {
    ConversionEvent event =
        ConversionEvent.lead("lead_1", OffsetDateTime.now())
            .user(UserMatch.email("alice@example.com"))
            .build();
    assertEquals(AppendResult.ACCEPTED, buffer.append(event));
  }

  @Test
  void theReadmesExampleRuns() throws Exception {
    RememberingSeller seller = new RememberingSeller(call -> RememberingSeller.Fate.ANSWERED);
    try (ScriptedAgent agent =
        ScriptedAgent.logging(
            message ->
                message.tool().equals("log_event")
                    ? seller.logEvent(message)
                    : ScriptedAgent.result("{\"event_sources\":[]}"))) {
      Path directory = root.resolve("events");
      Destination destination = Destination.of("12345", "web_pixel");
      URI agentUrl = agent.url();
      String apiKey = "a_key";
      // [readme]
      try (McpTransport transport =
              McpTransport.builder()
                  .baseUrl(agentUrl)
                  .account(AdcpAccount.brand("acme-corp.com", "agency.example"))
                  .apiKey(() -> apiKey)
                  .build();
          EventBuffer buffer =
              EventBuffer.builder(directory).destination(destination).transport(transport).open()) {
        AdcpEventSource pixel = AdcpEventSource.of("web_pixel").eventTypes(EventType.PURCHASE);
        transport.client().syncEventSources(List.of(pixel), false); // before the first event
        checkout(buffer); // your code
        assertTrue(buffer.flush(Duration.ofSeconds(30)).complete());
      }
      // [/readme]
    }
    assertEquals(1, seller.counted().size());
    String source =
        Files.readString(
            Path.of("src/test/java", ReadmeTest.class.getName().replace('.', '/') + ".java"));
    int from = source.indexOf("// [readme]\n") + "// [readme]\n".length();
    String block = source.substring(from, source.indexOf("      // [/readme]"));
    assertTrue(
        Files.readString(Path.of("../README.md")).contains(block.stripTrailing().stripIndent()),
        "README.md has this block");
  }
}
