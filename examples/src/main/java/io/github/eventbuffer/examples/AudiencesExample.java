package io.github.eventbuffer.examples;

import io.github.eventbuffer.UserMatch;
import io.github.eventbuffer.interchange.Audience;
import io.github.eventbuffer.interchange.AudienceMember;
import io.github.eventbuffer.interchange.AudienceSync;
import io.github.eventbuffer.interchange.ConsentBasis;
import io.github.eventbuffer.interchange.InterchangeClient;
import io.github.eventbuffer.interchange.InterchangeTransport;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/**
 * Brings an audience up to date, as the reference of {@code audiences/sync} shows it, and waits
 * until the endpoint has worked on it. Takes the endpoint's address; the key is in {@code
 * SCOPE3_API_KEY}.
 */
public final class AudiencesExample {
  private AudiencesExample() {}

  /** Syncs it and says what came of it. */
  public static void main(String[] arguments) {
    Usage.require(arguments, AudiencesExample.class, "URL");
    // From a database, one by one: they need not fit on the heap.
    Stream<AudienceMember> members =
        Stream.of(AudienceMember.of("cust_8841", UserMatch.email("Alice@Example.com ").build()));
    Audience audience =
        Audience.of("loyalty-members-2026")
            .name("Loyalty members")
            .consentBasis(ConsentBasis.CONSENT)
            .add(members.iterator())
            .remove(List.of("cust_2210"));
    try (InterchangeTransport transport =
        InterchangeTransport.builder()
            .apiKey(() -> System.getenv("SCOPE3_API_KEY"))
            .baseUrl(URI.create(arguments[0]))
            .build()) {
      InterchangeClient client = transport.client();
      AudienceSync sync =
          client
              .audiences()
              .progress(sent -> System.out.println(sent.added() + " members sent"))
              .sync("25", List.of(audience));
      for (String task : sync.taskIds()) {
        System.out.println(client.tasks().await(task, Duration.ofHours(1)).status());
      }
    }
  }
}
