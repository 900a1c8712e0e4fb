package io.github.eventbuffer.interchange;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.eventbuffer.Uid;
import io.github.eventbuffer.UserMatch;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AudiencesTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String HASH =
      "a1b2c3d4e5f6071829304152637485960718293041526374859607182930a1b2";

  /** The answer of the reference of audiences/sync, as it stands there. */
  private static final String TAKEN =
      """
      {
        "success": true,
        "accountId": "25",
        "operationId": "550e8400-e29b-41d4-a716-446655440000",
        "taskId": "550e8400-e29b-41d4-a716-446655440000"
      }
      """;

  private static RestServer server() throws Exception {
    return new RestServer(request -> RestServer.Answer.of(202, TAKEN));
  }

  private static AudienceMember member(int number) {
    return AudienceMember.of("cust_" + number);
  }

  @Test
  void theRequestOfTheReferenceIsSentAndItsAnswerRead() throws Exception {
    String reference =
        """
        {
            "audiences": [
              {
                "audienceId": "loyalty-members-2026",
                "name": "Loyalty members",
                "consentBasis": "consent",
                "add": [
                  { "externalId": "cust_8841", "hashedEmail": "%s" }
                ],
                "remove": [
                  { "externalId": "cust_2210" }
                ]
              }
            ],
            "deleteMissing": true
          }
        """
            .formatted(HASH);
    try (RestServer server = server();
        InterchangeTransport transport = server.transport().build()) {
      Audience audience =
          Audience.of("loyalty-members-2026")
              .name("Loyalty members")
              .consentBasis(ConsentBasis.CONSENT)
              .add(List.of(new AudienceMember("cust_8841", HASH, null, List.of())).iterator())
              .remove(List.of("cust_2210"));
      AudienceSync sync =
          transport.client().audiences().deleteMissing(true).sync("25", List.of(audience));
      assertEquals(
          new AudienceSync(List.of("550e8400-e29b-41d4-a716-446655440000"), 1, 1, 0), sync);
      RestServer.Request request = server.requests.get(0);
      assertEquals("/api/advertisers/25/audiences/sync", request.path());
      assertEquals(JSON.readTree(reference), request.body());
    }
  }

  @Test
  void eachFieldOfAMember() throws Exception {
    try (RestServer server = server();
        InterchangeTransport transport = server.transport().build()) {
      UserMatch user =
          UserMatch.email(" Alice@Example.com ")
              .phone("+12065551234")
              .uid("uid2", "value")
              .clickId("fbclid", "left out")
              .build();
      Audience audience =
          Audience.of("a").add(List.of(AudienceMember.of("cust_1", user)).iterator());
      Audience gone = Audience.of("b").add(List.of(member(1)).iterator()).delete();
      PushNotification push =
          new PushNotification(
              URI.create("https://shop.example.com/hook"), "op:1", "0123456789abcdef");
      transport.client().audiences().pushNotification(push).sync("25", List.of(audience, gone));
      assertEquals(
          JSON.readTree(
              """
              {"audiences": [
                {"audienceId": "a", "add": [{"externalId": "cust_1",
                  "hashedEmail": "ff8d9819fc0e12bf0d24892e45987e249a28dce836a85cad60e28eaaa8c6d976",
                  "hashedPhone": "f48869b8f9aa60d5eb6147b2130ae29eae6e2d6877dbb9eb9448ce04fe90e3ca",
                  "uids": [{"type": "uid2", "value": "value"}]}]},
                {"audienceId": "b", "delete": true}],
               "pushNotificationConfig": {"url": "https://shop.example.com/hook",
                 "operation_id": "op:1", "token": "0123456789abcdef"}}
              """),
          server.requests.get(0).body());
      assertFalse(push.toString().contains("0123456789abcdef"));
      assertFalse(AudienceMember.of("cust_1", user).toString().contains("cust_1"));
    }
  }

  @Test
  void manyMembersAreSentInSeveralCalls() throws Exception {
    try (RestServer server = server();
        InterchangeTransport transport = server.transport().build()) {
      Audience first =
          Audience.of("first")
              .name("First")
              .add(IntStream.range(0, 25).mapToObj(AudiencesTest::member).iterator())
              .remove(IntStream.range(100, 107).mapToObj(i -> "cust_" + i).toList());
      Audience second =
          Audience.of("second")
              .add(IntStream.range(0, 3).mapToObj(AudiencesTest::member).iterator());
      List<AudienceSync> progress = new ArrayList<>();
      AudienceSync sync =
          transport
              .client()
              .audiences()
              .membersPerCall(10)
              .deleteMissing(true)
              .progress(progress::add)
              .sync("25", List.of(first, second));
      assertEquals(28, sync.added());
      assertEquals(7, sync.removed());
      assertEquals(4, sync.taskIds().size());
      assertEquals(
          List.of(10L, 20L, 25L, 28L), progress.stream().map(AudienceSync::added).toList());
      List<String> added = new ArrayList<>();
      List<String> removed = new ArrayList<>();
      for (RestServer.Request request : server.requests) {
        int members = 0;
        for (JsonNode audience : request.body().path("audiences")) {
          String id = audience.path("audienceId").asText();
          audience.path("add").forEach(one -> added.add(id + one.path("externalId").asText()));
          audience.path("remove").forEach(one -> removed.add(id + one.path("externalId").asText()));
          members += audience.path("add").size() + audience.path("remove").size();
          assertEquals(id.equals("first") ? "First" : "", audience.path("name").asText());
        }
        assertTrue(members <= 10, members + " in a call");
      }
      assertEquals(28, added.stream().distinct().count());
      assertEquals(7, removed.stream().distinct().count());
      // What is not in such a call is deleted: only the first one names all.
      assertEquals(2, server.requests.get(0).body().path("audiences").size());
      assertTrue(server.requests.get(0).body().path("deleteMissing").asBoolean());
      assertTrue(
          server.requests.stream()
              .skip(1)
              .noneMatch(request -> request.body().has("deleteMissing")));
    }
  }

  @Test
  void whoIsAddedAndRemovedIsRemoved() throws Exception {
    try (RestServer server = server();
        InterchangeTransport transport = server.transport().build()) {
      Audience audience =
          Audience.of("a")
              .add(List.of(member(1), member(2), member(3)).iterator())
              .remove(List.of("cust_2"));
      AudienceSync sync = transport.client().audiences().sync("25", List.of(audience));
      assertEquals(2, sync.added());
      assertEquals(1, sync.removed());
      assertEquals(1, sync.removedInstead());
      assertFalse(server.requests.get(0).body().at("/audiences/0/add").toString().contains("_2"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "jane@example.com", "+1 206 555 1234", "+12065551234"})
  void plainPersonalDataIsRefused(String id) {
    String message =
        assertThrows(IllegalArgumentException.class, () -> AudienceMember.of(id)).getMessage();
    assertTrue(id.isEmpty() || !message.contains(id), message);
    assertThrows(IllegalArgumentException.class, () -> Audience.of("a").remove(List.of(id)));
    assertThrows(
        IllegalArgumentException.class,
        () -> new AudienceMember("cust_1", "jane@example.com", null, List.of()));
    assertThrows(
        IllegalArgumentException.class,
        () ->
            new AudienceMember("cust_1", null, HASH.toUpperCase(java.util.Locale.ROOT), List.of()));
    assertThrows(
        IllegalArgumentException.class,
        () -> new AudienceMember("cust_1", null, null, List.of(new Uid("uid2", ""))));
    assertThrows(
        IllegalArgumentException.class,
        () -> new AudienceMember("cust_1", null, null, List.of(new Uid("uid2", id))));
    assertThrows(
        IllegalArgumentException.class,
        () -> AudienceMember.of("cust_1", UserMatch.email("not an address").build()));
  }

  @Test
  void whatTheEndpointWouldRefuseIsNotSent() throws Exception {
    try (RestServer server = server();
        InterchangeTransport transport = server.transport().build()) {
      Audiences audiences = transport.client().audiences();
      assertThrows(IllegalArgumentException.class, () -> audiences.sync("25", List.of()));
      assertThrows(
          IllegalArgumentException.class,
          () -> audiences.sync("25", List.of(Audience.of("a"), Audience.of("a"))));
      assertThrows(IllegalArgumentException.class, () -> Audience.of("x".repeat(256)));
      assertThrows(IllegalArgumentException.class, () -> Audience.of("\ud800"));
      assertThrows(IllegalArgumentException.class, () -> Audience.of("a").name("\udfff"));
      assertThrows(IllegalArgumentException.class, () -> audiences.membersPerCall(100_001));
      assertThrows(
          IllegalArgumentException.class,
          () -> new PushNotification(URI.create("ftp://shop.example.com"), null, null));
      assertEquals(0, server.requests.size());
      assertEquals(1, audiences.sync("25", List.of(Audience.of("a"))).taskIds().size());
    }
  }

  @Test
  void anAnswerWithoutATaskIsNoSuccess() throws Exception {
    try (RestServer server = new RestServer(request -> RestServer.Answer.of(202, "{}"));
        InterchangeTransport transport = server.transport().build()) {
      assertThrows(
          InterchangeException.class,
          () -> transport.client().audiences().sync("25", List.of(Audience.of("a"))));
    }
  }
}
