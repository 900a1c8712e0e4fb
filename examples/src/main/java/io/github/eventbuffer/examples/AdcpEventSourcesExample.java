package io.github.eventbuffer.examples;

import io.github.eventbuffer.EventType;
import io.github.eventbuffer.adcp.AdcpAccount;
import io.github.eventbuffer.adcp.AdcpEventSource;
import io.github.eventbuffer.adcp.AdcpEventSourceResult;
import io.github.eventbuffer.adcp.EventSourceHealth;
import io.github.eventbuffer.adcp.McpTransport;
import java.net.URI;
import java.util.List;

/**
 * Registers an event source at a seller agent of AdCP, as the page of {@code sync_event_sources}
 * shows it, and says which sources are good enough to sell by. Takes the agent's address; the token
 * is in {@code ADCP_TOKEN}.
 */
public final class AdcpEventSourcesExample {
  private AdcpEventSourcesExample() {}

  /** Registers it and says what the seller has. */
  public static void main(String[] arguments) throws InterruptedException {
    Usage.require(arguments, AdcpEventSourcesExample.class, "URL");
    AdcpEventSource pixel =
        AdcpEventSource.of("website_pixel")
            .name("Main Website Pixel")
            .eventTypes(EventType.PURCHASE, EventType.LEAD, EventType.ADD_TO_CART)
            .allowedDomains("www.example.com", "shop.example.com");
    try (McpTransport transport =
        McpTransport.builder()
            .apiKey(() -> System.getenv("ADCP_TOKEN"))
            .baseUrl(URI.create(arguments[0]))
            .account(AdcpAccount.id("acct_12345"))
            .build()) {
      for (AdcpEventSourceResult source :
          transport.client().syncEventSources(List.of(pixel), false)) {
        EventSourceHealth health = source.health();
        boolean good = health != null && health.isAtLeast(EventSourceHealth.Status.GOOD);
        System.out.println(
            source.eventSourceId() + ": " + source.action() + (good ? ", good" : ""));
        if (source.setup() != null) {
          System.out.println("  install: " + source.setup().snippetType());
        }
      }
    }
  }
}
