package io.github.eventbuffer.adcp;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One sync of audiences: requests that are filled and sent, one after the other. Not thread-safe.
 *
 * <p>What the requests say does not depend on their order, because a seller may do submitted ones
 * in any: additions and removals have no member in common, every request says all of an audience
 * but its members, and the first one alone says what is missing, and names all audiences.
 */
final class AudienceUpload {
  private final List<AdcpAudience> audiences;
  private final boolean deleteMissing;
  private final String key;
  private final int membersPerCall;
  private final Call call;
  private final Consumer<AdcpAudienceSync> progress;
  private final List<AdcpAudienceSync.Answer> answers = new ArrayList<>();
  private List<Map<String, Object>> filling = new ArrayList<>();
  private int members;
  private long added;
  private long removed;
  private long removedInstead;

  /** Makes a request and waits for its answer. */
  interface Call {
    AdcpAudienceSync.Answer send(
        List<Map<String, Object>> audiences, boolean deleteMissing, String key)
        throws InterruptedException;
  }

  /**
   * A sync; nothing is sent yet.
   *
   * @param membersPerCall 1 or more
   * @param progress told after each answer
   */
  AudienceUpload(
      List<AdcpAudience> audiences,
      boolean deleteMissing,
      String key,
      int membersPerCall,
      Call call,
      Consumer<AdcpAudienceSync> progress) {
    this.audiences = audiences;
    this.deleteMissing = deleteMissing;
    this.key = key;
    this.membersPerCall = membersPerCall;
    this.call = call;
    this.progress = progress;
  }

  AdcpAudienceSync run() throws InterruptedException {
    List<Map<String, Object>> named = new ArrayList<>();
    for (AdcpAudience audience : audiences) {
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

  private Map<String, Object> named(AdcpAudience audience) {
    Map<String, Object> json = audience.members();
    filling.add(json);
    return json;
  }

  private void fill(AdcpAudience audience, Map<String, Object> first) throws InterruptedException {
    Map<String, Object> json = answers.isEmpty() ? first : null;
    Set<String> gone = new HashSet<>();
    audience.remove().forEach(member -> gone.add(member.externalId()));
    for (AdcpAudienceMember member : audience.add()) {
      if (gone.contains(Objects.requireNonNull(member, "member").externalId())) {
        removedInstead++;
        continue;
      }
      json = withRoom(audience, json);
      put(json, "add", member);
      added++;
    }
    for (AdcpAudienceMember member : audience.remove()) {
      json = withRoom(audience, json);
      put(json, "remove", member);
      removed++;
    }
  }

  /** Where the audience's next member goes. */
  private Map<String, Object> withRoom(AdcpAudience audience, @Nullable Map<String, Object> current)
      throws InterruptedException {
    Map<String, Object> json = current;
    if (members == membersPerCall) {
      send();
      json = null;
    }
    members++;
    return json == null ? named(audience) : json;
  }

  @SuppressWarnings("unchecked")
  private static void put(Map<String, Object> json, String list, AdcpAudienceMember member) {
    ((List<Object>) json.computeIfAbsent(list, absent -> new ArrayList<>())).add(member.members());
  }

  private void send() throws InterruptedException {
    int request = answers.size();
    answers.add(call.send(filling, deleteMissing && request == 0, keyOf(request)));
    filling = new ArrayList<>();
    members = 0;
    progress.accept(soFar());
  }

  /** The same one whenever this sync is made again under its key, so that nothing is done twice. */
  private String keyOf(int request) {
    return request == 0
        ? key
        : UUID.nameUUIDFromBytes((key + '#' + request).getBytes(StandardCharsets.UTF_8)).toString();
  }

  private AdcpAudienceSync soFar() {
    return new AdcpAudienceSync(answers, added, removed, removedInstead);
  }
}
