package io.github.eventbuffer.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.Error;
import java.io.InputStream;
import java.util.List;
import org.junit.jupiter.api.Test;

/** That the schemas are found, followed through their references, and assert. */
class AdcpSchemaTest {

  private static ObjectNode request(String event) throws Exception {
    ObjectNode request = (ObjectNode) ParsedBatch.MAPPER.readTree(Client.batch(event));
    return request.put("idempotency_key", "0123456789abcdef");
  }

  private static List<String> errors(ObjectNode request) {
    return AdcpSchema.request(request).stream()
        .map(error -> error.getInstanceLocation() + " " + error.getKeyword())
        .toList();
  }

  @Test
  void wholeRequestIsValid() throws Exception {
    assertEquals(List.of(), errors(request(Client.event("1"))));
  }

  @Test
  void idempotencyKeyIsRequired() throws Exception {
    ObjectNode request = request(Client.event("1"));
    request.remove("idempotency_key");
    assertEquals(List.of("$ required"), errors(request));
    request.put("idempotency_key", "short");
    assertEquals(2, errors(request).size());
  }

  @Test
  void referencesAreFollowedToTheirEnd() throws Exception {
    assertEquals(
        List.of("$.events[0].event_type enum"),
        errors(request(Client.event("1").replace("\"purchase\"", "\"deposit\""))));
    assertEquals(
        List.of("$.events[0].user_match.uids[0].type enum"),
        errors(
            request(
                Client.event("1")
                    .replace(
                        "\"user_match\":{",
                        "\"user_match\":{\"uids\":[{\"type\":\"x\",\"value\":\"y\"}],"))));
    assertEquals(
        List.of("$.adcp_version pattern"),
        errors(request(Client.event("1")).put("adcp_version", "three")));
  }

  @Test
  void conditionsAreFollowed() throws Exception {
    String event = Client.event("1").replace("\"purchase\"", "\"watch_milestone\"");
    assertEquals(2, AdcpSchema.event(ParsedBatch.MAPPER.readTree(event)).size());
  }

  @Test
  void formatsAreAsserted() throws Exception {
    for (String[] bad : new String[][] {{"-05:00", ""}, {"https://shop", "shop"}}) {
      List<Error> errors =
          AdcpSchema.event(ParsedBatch.MAPPER.readTree(Client.event("1").replace(bad[0], bad[1])));
      assertEquals(List.of("format"), errors.stream().map(Error::getKeyword).toList());
    }
  }

  @Test
  void licenseTravelsWithTheSchemas() throws Exception {
    for (String name : List.of("LICENSE", "README.md")) {
      try (InputStream in = AdcpSchema.class.getResourceAsStream("adcp-3.1.19/" + name)) {
        assertNotNull(in, name);
      }
    }
  }
}
