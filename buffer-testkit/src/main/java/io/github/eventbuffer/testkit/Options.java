package io.github.eventbuffer.testkit;

import io.github.eventbuffer.BufferClock;
import java.util.Set;

/** What an endpoint was built with. Empty sets of advertisers and sources stand for any. */
record Options(
    int port,
    String basePath,
    String apiKey,
    Set<String> advertisers,
    Set<String> sources,
    FakeEndpoint.UnknownSource unknownSource,
    FakeEndpoint.OnViolation onViolation,
    boolean wrapped,
    EventRules rules,
    long maxBodyBytes,
    int requestsPerMinute,
    BufferClock clock,
    int threads) {}
