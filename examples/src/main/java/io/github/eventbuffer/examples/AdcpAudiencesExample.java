package io.github.eventbuffer.examples;

import io.github.eventbuffer.UserMatch;
import io.github.eventbuffer.adcp.AdcpAccount;
import io.github.eventbuffer.adcp.AdcpAudience;
import io.github.eventbuffer.adcp.AdcpAudienceMember;
import io.github.eventbuffer.adcp.AdcpAudienceSync;
import io.github.eventbuffer.adcp.McpTransport;
import java.net.URI;
import java.util.List;

/**
 * Brings an audience at a seller agent of AdCP up to date, and says what the seller made of it.
 * Takes the agent's address; the token is in {@code ADCP_TOKEN}.
 */
public final class AdcpAudiencesExample {
  private AdcpAudiencesExample() {}

  /** Syncs it and says how it stands. */
  public static void main(String[] arguments) throws InterruptedException {
    Usage.require(arguments, AdcpAudiencesExample.class, "URL");
    AdcpAudienceMember alice =
        AdcpAudienceMember.of("cust_8841", UserMatch.email("Alice@Example.com ").build());
    AdcpAudience audience =
        AdcpAudience.of("loyalty-members-2026")
            .name("Loyalty members")
            .consentBasis(AdcpAudience.ConsentBasis.CONSENT)
            .add(List.of(alice)); // any number of them, from any Iterable
    try (McpTransport transport =
        McpTransport.builder()
            .apiKey(() -> System.getenv("ADCP_TOKEN"))
            .baseUrl(URI.create(arguments[0]))
            .account(AdcpAccount.id("acct_12345"))
            .build()) {
      AdcpAudienceSync sync = transport.client().syncAudiences(List.of(audience), false);
      sync.results()
          .forEach(
              result ->
                  System.out.println(
                      result.audienceId() + ": " + result.action() + ", " + result.status()));
      sync.submitted().forEach(later -> System.out.println("in line: " + later.taskId()));
    }
  }
}
