package io.github.eventbuffer.interchange;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TasksTest {
  private final JumpingClock clock = new JumpingClock();

  private static String task(String status, String more) {
    return "{\"task\":{\"taskId\":\"t-1\",\"taskType\":\"audience_sync\",\"status\":\""
        + status
        + "\""
        + more
        + "}}";
  }

  private InterchangeTransport transport(RestServer server) {
    return server.transport().clock(clock).build();
  }

  @Test
  void eachFieldOfATask() throws Exception {
    String body =
        task(
            "working",
            ",\"retryAfterSeconds\":7,\"error\":null,\"createdAt\":\"2026-04-26T14:30:00Z\","
                + "\"updatedAt\":\"2026-04-26T16:31:00+02:00\"");
    try (RestServer server = new RestServer(request -> RestServer.Answer.of(200, body));
        InterchangeTransport transport = transport(server)) {
      assertEquals(
          new Task(
              "t-1",
              "audience_sync",
              Task.Status.WORKING,
              null,
              Duration.ofSeconds(7),
              Instant.parse("2026-04-26T14:30:00Z"),
              Instant.parse("2026-04-26T14:31:00Z")),
          transport.client().tasks().get("t-1"));
      assertEquals("GET", server.requests.get(0).method());
      assertEquals("/api/tasks/t-1", server.requests.get(0).path());
      assertEquals(
          List.of("Bearer scope3_key_of_a_test"),
          server.requests.get(0).headers().get("Authorization"));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "submitted, SUBMITTED",
    "working, WORKING",
    "completed, COMPLETED",
    "failed, FAILED",
    "input-required, INPUT_REQUIRED",
    "cancelled, OTHER"
  })
  void eachStatus(String word, Task.Status status) throws Exception {
    try (RestServer server = new RestServer(request -> RestServer.Answer.of(200, task(word, "")));
        InterchangeTransport transport = transport(server)) {
      assertEquals(status, transport.client().tasks().get("t-1").status());
    }
  }

  @Test
  void itIsAskedAsOftenAsTheEndpointWantsUntilItIsCompleted() throws Exception {
    Deque<RestServer.Answer> answers = new ArrayDeque<>();
    answers.add(RestServer.Answer.of(200, task("submitted", ",\"retryAfterSeconds\":30")));
    answers.add(RestServer.Answer.of(503, ""));
    answers.add(RestServer.Answer.of(200, task("working", ",\"retryAfterSeconds\":0")));
    answers.add(RestServer.Answer.of(200, task("working", "")));
    answers.add(RestServer.Answer.of(200, task("completed", "")));
    try (RestServer server = new RestServer(request -> answers.remove());
        InterchangeTransport transport = transport(server)) {
      Task task = transport.client().tasks().await("t-1", Duration.ofMinutes(2));
      assertEquals(Task.Status.COMPLETED, task.status());
      long seconds = Duration.ofNanos(clock.nanoTime()).toSeconds();
      // 30, a backoff of half a second at most, 1 for 0, and 5 where nothing is said.
      assertTrue(seconds >= 36 && seconds <= 37, seconds + " s");
    }
  }

  @Test
  void aTaskThatFailsOrWaitsSaysWhy() throws Exception {
    for (String status : List.of("failed", "input-required")) {
      String body =
          task(status, ",\"error\":{\"code\":\"X\",\"message\":\"no match for a@b.example\"}");
      try (RestServer server = new RestServer(request -> RestServer.Answer.of(200, body));
          InterchangeTransport transport = transport(server)) {
        InterchangeException thrown =
            assertThrows(
                InterchangeException.class,
                () -> transport.client().tasks().await("t-1", Duration.ofMinutes(2)));
        assertTrue(thrown.getMessage().startsWith("task t-1 "), thrown.getMessage());
        assertTrue(thrown.getMessage().endsWith(": no match for [hidden]"), thrown.getMessage());
      }
    }
  }

  @Test
  void aTaskThatTakesTooLongIsNamed() throws Exception {
    try (RestServer server =
            new RestServer(request -> RestServer.Answer.of(200, task("working", "")));
        InterchangeTransport transport = transport(server)) {
      InterchangeException thrown =
          assertThrows(
              InterchangeException.class,
              () -> transport.client().tasks().await("t-1", Duration.ofSeconds(12)));
      assertTrue(thrown.getMessage().contains("t-1"), thrown.getMessage());
      assertTrue(thrown.isRetryable());
      assertEquals(3, server.requests.size());
    }
  }

  @Test
  void anInterruptEndsTheWait() throws Exception {
    Thread test = Thread.currentThread();
    try (RestServer server =
            new RestServer(
                request -> {
                  test.interrupt();
                  return RestServer.Answer.of(200, task("working", ""));
                });
        InterchangeTransport transport = transport(server)) {
      assertThrows(
          InterchangeException.class,
          () -> transport.client().tasks().await("t-1", Duration.ofHours(1)));
      assertTrue(Thread.interrupted());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"{}", "[]", "{\"task\":{\"taskId\":\"t-1\"}}"})
  void anAnswerWithoutAStatusIsNoTask(String body) throws Exception {
    try (RestServer server = new RestServer(request -> RestServer.Answer.of(200, body));
        InterchangeTransport transport = transport(server)) {
      assertThrows(InterchangeException.class, () -> transport.client().tasks().get("t-1"));
    }
  }
}
