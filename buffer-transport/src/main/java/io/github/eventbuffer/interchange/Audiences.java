package io.github.eventbuffer.interchange;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.eventbuffer.Uid;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The audiences of advertisers: {@code POST /advertisers/{advertiserId}/audiences/sync}. Immutable
 * and thread-safe.
 *
 * <p>The endpoint takes a limited number of members in a call, so many are sent in several calls
 * one after the other. Members are added and removed by id, so a sync that ended half way is made
 * again from its beginning.
 */
public final class Audiences {
  private static final int MOST_MEMBERS = 100_000;
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private final Calls calls;
  private final int membersPerCall;
  private final boolean deleteMissing;
  private final @Nullable PushNotification pushNotification;
  private final Consumer<AudienceSync> progress;

  Audiences(
      Calls calls,
      int membersPerCall,
      boolean deleteMissing,
      @Nullable PushNotification pushNotification,
      Consumer<AudienceSync> progress) {
    this.calls = calls;
    this.membersPerCall = membersPerCall;
    this.deleteMissing = deleteMissing;
    this.pushNotification = pushNotification;
    this.progress = progress;
  }

  /**
   * With so many members in one call, added and removed ones together: 1 to 100,000; 10,000 by
   * default. (The endpoint's documents name both numbers.)
   *
   * @throws IllegalArgumentException if it is out of range
   */
  public Audiences membersPerCall(int members) {
    if (members < 1 || members > MOST_MEMBERS) {
      throw new IllegalArgumentException(
          "membersPerCall must be 1 to " + MOST_MEMBERS + ", is " + members);
    }
    return new Audiences(calls, members, deleteMissing, pushNotification, progress);
  }

  /** Whether audiences that are not in a sync are deleted; false by default. */
  public Audiences deleteMissing(boolean value) {
    return new Audiences(calls, membersPerCall, value, pushNotification, progress);
  }

  /**
   * With a notification when a task is done; none by default.
   *
   * @throws NullPointerException if it is null
   */
  public Audiences pushNotification(PushNotification notification) {
    return new Audiences(
        calls,
        membersPerCall,
        deleteMissing,
        Objects.requireNonNull(notification, "pushNotification"),
        progress);
  }

  /**
   * With somebody who is told after each call what was sent so far, on the calling thread. What it
   * throws ends the sync.
   *
   * @throws NullPointerException if it is null
   */
  public Audiences progress(Consumer<AudienceSync> listener) {
    return new Audiences(
        calls,
        membersPerCall,
        deleteMissing,
        pushNotification,
        Objects.requireNonNull(listener, "progress"));
  }

  /**
   * Adds members to audiences and removes them. Blocks until the endpoint has taken the last call;
   * it works on them in the background. Holds the members of one call on the heap. Each call is
   * made again, with backoff, while the service is at fault or the pace too fast, for as long as
   * {@link InterchangeClient#timeout} says.
   *
   * @param advertiserId the advertiser that owns the audiences; 1 to 255 characters
   * @param audiences one at least, with different ids; not to be used again
   * @throws NullPointerException if an argument is null, or a member
   * @throws IllegalArgumentException if there are no audiences, two have one id, or the
   *     advertiser's id has another length; also what an iterator of members throws
   * @throws InterchangeException if the endpoint refused a call, did not answer in time, or
   *     answered what is not understood; if the thread was interrupted, which it still is then
   */
  public AudienceSync sync(String advertiserId, List<Audience> audiences) {
    Calls.checkAdvertiser(advertiserId);
    long different = audiences.stream().map(Audience::audienceId).distinct().count();
    if (audiences.isEmpty() || different < audiences.size()) {
      throw new IllegalArgumentException(
          "audiences must be one at least, with different ids; "
              + audiences.size()
              + " have "
              + different);
    }
    return new Sync(advertiserId, audiences).run();
  }

  /** One sync: calls that are filled and sent. */
  private final class Sync {
    private final String advertiserId;
    private final List<Audience> audiences;
    private final List<String> taskIds = new ArrayList<>();
    private ArrayNode filling = NODES.arrayNode();
    private int members;
    private long added;
    private long removed;
    private long removedInstead;

    Sync(String advertiserId, List<Audience> audiences) {
      this.advertiserId = advertiserId;
      this.audiences = List.copyOf(audiences);
    }

    AudienceSync run() {
      // All are in the first call: with deleteMissing, what is not in it is deleted.
      List<ObjectNode> named = new ArrayList<>();
      for (Audience audience : audiences) {
        named.add(named(audience));
      }
      for (int i = 0; i < audiences.size(); i++) {
        fill(audiences.get(i), named.get(i));
      }
      if (!filling.isEmpty()) {
        send();
      }
      return soFar();
    }

    private ObjectNode named(Audience audience) {
      ObjectNode json = filling.addObject().put("audienceId", audience.audienceId());
      if (audience.name() != null) {
        json.put("name", audience.name());
      }
      ConsentBasis basis = audience.consentBasis();
      if (basis != null) {
        json.put("consentBasis", basis.value());
      }
      if (audience.isDeleted()) {
        json.put("delete", true);
      }
      return json;
    }

    private void fill(Audience audience, ObjectNode first) {
      ObjectNode json = taskIds.isEmpty() ? first : null;
      for (Iterator<AudienceMember> all = audience.add(); all.hasNext(); ) {
        AudienceMember member = Objects.requireNonNull(all.next(), "member");
        if (audience.remove().contains(member.externalId())) {
          removedInstead++;
          continue;
        }
        json = withRoom(audience, json);
        json.withArray("add").add(json(member));
        added++;
      }
      for (String id : audience.remove()) {
        json = withRoom(audience, json);
        json.withArray("remove").addObject().put("externalId", id);
        removed++;
      }
    }

    /** Where the audience's next member goes. */
    private ObjectNode withRoom(Audience audience, @Nullable ObjectNode current) {
      ObjectNode json = current;
      if (members == membersPerCall) {
        send();
        json = null;
      }
      members++;
      return json == null ? named(audience) : json;
    }

    private void send() {
      ObjectNode request = NODES.objectNode();
      request.set("audiences", filling);
      if (deleteMissing && taskIds.isEmpty()) {
        request.put("deleteMissing", true);
      }
      PushNotification push = pushNotification;
      if (push != null) {
        ObjectNode config = request.putObject("pushNotificationConfig");
        config.put("url", push.url().toString());
        if (push.operationId() != null) {
          config.put("operation_id", push.operationId());
        }
        if (push.token() != null) {
          config.put("token", push.token());
        }
      }
      JsonNode answer =
          calls
              .untilDone(new JsonCall(request, "advertisers", advertiserId, "audiences", "sync"))
              .body();
      String taskId = answer.path("taskId").asText(answer.path("operationId").asText());
      if (taskId.isEmpty()) {
        throw JsonCall.error("the answer is not understood: it lacks taskId", true);
      }
      taskIds.add(taskId);
      filling = NODES.arrayNode();
      members = 0;
      progress.accept(soFar());
    }

    private AudienceSync soFar() {
      return new AudienceSync(taskIds, added, removed, removedInstead);
    }
  }

  private static ObjectNode json(AudienceMember member) {
    ObjectNode json = NODES.objectNode().put("externalId", member.externalId());
    if (member.hashedEmail() != null) {
      json.put("hashedEmail", member.hashedEmail());
    }
    if (member.hashedPhone() != null) {
      json.put("hashedPhone", member.hashedPhone());
    }
    if (!member.uids().isEmpty()) {
      ArrayNode uids = json.putArray("uids");
      for (Uid uid : member.uids()) {
        uids.addObject().put("type", uid.type()).put("value", uid.value());
      }
    }
    return json;
  }
}
