package io.github.eventbuffer.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EventRulesTest {

  private static final EventRules REST = new EventRules(false, false, Set.of());
  private static final EventRules STRICT = new EventRules(true, true, Set.of());

  private static List<String> paths(EventRules rules, String event) throws IOException {
    JsonNode tree = ParsedBatch.MAPPER.readTree(event);
    return rules.check(tree).stream().map(Issue::path).distinct().toList();
  }

  private static String with(String from, String to) {
    String event = Client.event("txn_1");
    assertTrue(event.contains(from), from);
    return event.replace(from, to);
  }

  @Test
  void goodEventHasNoIssue() throws IOException {
    assertEquals(List.of(), paths(STRICT, Client.event("txn_1")));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      value = {
        // AdCP
        "\"txn_1\"|\"\"|event_id",
        "\"txn_1\"|7|event_id",
        "\"purchase\"|\"no_such_type\"|event_type",
        "\"purchase\"|\"PURCHASE\"|event_type",
        "14:30:00-05:00|14:30:00|event_time",
        "14:30:00-05:00|25:30:00-05:00|event_time",
        "2026-04-26T|2026-02-30T|event_time",
        "\"2026-04-26T14:30:00-05:00\"|1777231800|event_time",
        "https://shop.example.com/|/|event_source_url",
        "https://shop.example.com/|no url |event_source_url",
        "ff8d9819fc|FF8D9819FC|user_match.hashed_email",
        "ff8d9819fc|alice@example.com|user_match.hashed_email",
        "\"USD\"|\"usd\"|custom_data.currency",
        "89.99|-1|custom_data.value",
        "89.99|\"89.99\"|custom_data.value",
        "\"num_items\":1|\"num_items\":1.5|custom_data.num_items",
        "\"num_items\":1|\"contents\":[{\"id\":\"a\",\"quantity\":0}]|"
            + "custom_data.contents[0].quantity",
        "\"num_items\":1|\"contents\":[{\"quantity\":1}]|custom_data.contents[0]",
        // REST
        "\"website\"|\"offline\"|action_source",
        "\"website\"|\"chat\"|action_source",
        "\"website\"|\"email\"|action_source",
        "\"currency\":\"USD\",||custom_data.currency",
        "\"num_items\":1|\"num_items\":9007199254740992|custom_data.num_items",
        "\"purchase\"|\"custom\"|custom_event_name",
        "\"purchase\"|\"custom\",\"custom_event_name\":\"\"|custom_event_name",
        "\"hashed_email\":\"ff8d9819fc0e12bf0d24892e45987e249a28dce836a85cad60e28eaaa8c6d976\","
            + "\"click_id\":\"fb.1.1700000000.AbCdEfGh\"|\"client_ip\":\"192.0.2.1\"|user_match",
        "\"hashed_email\"|\"uids\":[{\"type\":\"id5\",\"value\":\"\"}],\"hashed_email\"|"
            + "user_match.uids[0].value",
      })
  void brokenEventIsRefusedWhereItIsBroken(String from, String to, String path) throws IOException {
    assertEquals(List.of(path), paths(REST, with(from, to == null ? "" : to)));
  }

  @ParameterizedTest
  @CsvSource({
    "custom_event_name, 256, custom_event_name",
    "event_id, 256, event_id",
    "click_id, 512, user_match.click_id",
    "click_id_type, 64, user_match.click_id_type",
    "order_id, 256, custom_data.order_id",
  })
  void lengthsEndAtTheirLimit(String field, int limit, String path) throws IOException {
    String event =
        Client.event("txn_1")
            .replace("\"event_type\"", "\"custom_event_name\":\"n\",\"event_type\"")
            .replaceFirst("\"" + field + "\":\"[^\"]*\"", "\"" + field + "\":\"%s\"");
    assertEquals(List.of(), paths(REST, event.formatted("é".repeat(limit))));
    assertEquals(List.of(path), paths(REST, event.formatted("é".repeat(limit + 1))));
  }

  @ParameterizedTest
  @ValueSource(strings = {"deposit", "subscription"})
  void typesOfTheGuideAreAcceptedUnlessStrict(String type) throws IOException {
    String event = with("\"purchase\"", "\"" + type + "\"");
    assertEquals(List.of(), paths(REST, event));
    assertEquals(List.of("event_type"), paths(STRICT, event));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "14:30-05:00",
        "14:30Z",
        "14:30:00.123456789012Z",
        "14:30:00.1+00:00",
        "14:30:00Z"
      })
  void timesOfRestAreAccepted(String time) throws IOException {
    assertEquals(List.of(), paths(REST, with("14:30:00-05:00", time)));
  }

  @Test
  void timeWithoutSecondsIsRefusedWhenStrict() throws IOException {
    assertEquals(List.of("event_time"), paths(STRICT, with("14:30:00-05:00", "14:30-05:00")));
  }

  @Test
  void urlIsRequiredForWebsiteByOption() throws IOException {
    String event = with("\"event_source_url\":\"https://shop.example.com/checkout/complete\",", "");
    assertEquals(List.of(), paths(REST, event));
    assertEquals(List.of("event_source_url"), paths(STRICT, event));
  }

  @Test
  void extraTypesAreAccepted() throws IOException {
    EventRules rules = new EventRules(true, false, Set.of("brand_new"));
    assertEquals(List.of(), paths(rules, with("\"purchase\"", "\"brand_new\"")));
  }

  @Test
  void userMatchIsRequired() throws IOException {
    String event =
        "{\"event_id\":\"1\",\"event_type\":\"lead\",\"event_time\":\"2026-04-26T14:30:00Z\"}";
    assertEquals(List.of("user_match"), paths(REST, event));
  }

  @Test
  void issueDoesNotRepeatTheValue() throws IOException {
    JsonNode event = ParsedBatch.MAPPER.readTree(with("ff8d9819fc", "alice@example.com"));
    assertTrue(REST.check(event).stream().noneMatch(issue -> issue.message().contains("alice")));
  }

  /** Bound generous for a busy machine; a cold validator or a quadratic one is far beyond it. */
  @Test
  void tenThousandEventsAreCheckedFast() throws IOException {
    byte[] body = Client.batchOf(0, 10_000).getBytes(StandardCharsets.UTF_8);
    long best = Long.MAX_VALUE;
    for (int i = 0; i < 12; i++) {
      long start = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
      ParsedBatch batch = ParsedBatch.read(body, REST::check);
      best = Math.min(best, ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - start);
      assertEquals(10_000, batch.events().size());
    }
    assertTrue(best < 1_000_000_000L, "CPU ns: " + best);
  }
}
