package io.github.eventbuffer.interchange;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.eventbuffer.http.PublicText;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Work that the endpoint does in the background: {@code GET /tasks/{taskId}}. Thread-safe. */
public final class Tasks {
  private static final Duration USUAL = Duration.ofSeconds(5);
  private static final Duration LEAST = Duration.ofSeconds(1);
  private static final Duration FOR_EVER = Duration.ofDays(36_500);
  private static final Duration MOST = Duration.ofHours(1);

  private final Calls calls;

  Tasks(Calls calls) {
    this.calls = calls;
  }

  /**
   * Asks how far a task is. Made again, with backoff, while the service is at fault or the pace too
   * fast, for as long as {@link InterchangeClient#timeout} says. Blocks.
   *
   * @throws NullPointerException if {@code taskId} is null
   * @throws InterchangeException if the endpoint refused the call, did not answer in time, or
   *     answered what is not understood; if the thread was interrupted, which it still is then
   */
  public Task get(String taskId) {
    return task(taskId, calls.untilDone(call(taskId)));
  }

  /**
   * Waits until a task is completed, and asks as often as the endpoint wants to be asked, 1 s to 1
   * h apart; every 5 s when it does not say. Blocks; an interrupt ends it, and not the task.
   *
   * @param timeout how long to wait, 0 or more; for 0 it is asked once
   * @return the completed task
   * @throws NullPointerException if an argument is null
   * @throws InterchangeException if the task failed or waits for a person; if it did not end in
   *     time, and may go on; if the endpoint refused a call; if the thread was interrupted, which
   *     it still is then. The message names the task
   */
  public Task await(String taskId, Duration timeout) {
    Objects.requireNonNull(timeout, "timeout");
    long deadline = calls.clock().nanoTime() + nanos(timeout);
    while (true) {
      Task task = task(taskId, calls.untilDone(call(taskId)));
      switch (task.status()) {
        case COMPLETED -> {
          return task;
        }
        case FAILED -> throw ended(task, "failed", "TASK_FAILED");
        case INPUT_REQUIRED -> throw ended(task, "waits for a person", "TASK_INPUT_REQUIRED");
        default -> {
          long wait = pause(task.retryAfter()).toNanos();
          if (calls.clock().nanoTime() + wait - deadline > 0) {
            throw new InterchangeException(
                "task " + taskId + " did not end within " + timeout + "; it may still do",
                0,
                "TASK_TIMEOUT",
                null,
                List.of(),
                true);
          }
          calls.pause(wait);
        }
      }
    }
  }

  private static InterchangeException ended(Task task, String how, String code) {
    String error = task.error() == null ? "" : ": " + task.error();
    return new InterchangeException(
        "task " + task.taskId() + ' ' + how + error, 0, code, null, List.of(), false);
  }

  private static Duration pause(@Nullable Duration asked) {
    Duration wait = asked == null ? USUAL : asked;
    return wait.compareTo(LEAST) < 0 ? LEAST : wait.compareTo(MOST) > 0 ? MOST : wait;
  }

  /** Centuries are for ever. */
  private static long nanos(Duration timeout) {
    return timeout.compareTo(FOR_EVER) > 0 ? FOR_EVER.toNanos() : timeout.toNanos();
  }

  private static JsonCall call(String taskId) {
    return new JsonCall(null, "tasks", Objects.requireNonNull(taskId, "taskId"));
  }

  private static Task task(String taskId, Reply reply) {
    JsonNode body = reply.body();
    JsonNode json = body.path("task").isObject() ? body.path("task") : body;
    String status = json.path("status").asText();
    if (status.isEmpty()) {
      throw JsonCall.error("the answer is not understood: a task without its status", true);
    }
    JsonNode error = json.path("error");
    String words =
        ReplyReader.shown(
            reply.text(),
            error.isObject() ? error.path("message") : error,
            PublicText.MAX_ERROR_CHARS);
    JsonNode seconds = json.path("retryAfterSeconds");
    return new Task(
        taskId,
        ReplyReader.shown(reply.text(), json.path("taskType"), PublicText.MAX_ERROR_CHARS),
        status(status),
        words.isEmpty() || error.isNull() ? null : words,
        seconds.isNumber()
            ? Duration.ofMillis(
                (long) (Math.min((double) MOST.toSeconds(), seconds.asDouble()) * 1_000))
            : null,
        instant(json.path("createdAt").asText()),
        instant(json.path("updatedAt").asText()));
  }

  private static Task.Status status(String word) {
    return switch (word) {
      case "submitted" -> Task.Status.SUBMITTED;
      case "working" -> Task.Status.WORKING;
      case "completed" -> Task.Status.COMPLETED;
      case "failed" -> Task.Status.FAILED;
      case "input-required" -> Task.Status.INPUT_REQUIRED;
      default -> Task.Status.OTHER;
    };
  }

  private static @Nullable Instant instant(String text) {
    try {
      return OffsetDateTime.parse(text).toInstant();
    } catch (DateTimeException e) {
      return null;
    }
  }
}
