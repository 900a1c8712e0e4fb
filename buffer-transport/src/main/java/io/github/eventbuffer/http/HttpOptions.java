package io.github.eventbuffer.http;

import io.github.eventbuffer.BufferClock;
import java.net.ProxySelector;
import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Checked options of a transport, as documented at {@link HttpTransportBuilder}.
 *
 * @param proxy null for the JVM's default at the time of build
 */
record HttpOptions(
    Supplier<? extends @Nullable String> apiKey,
    BaseUrl baseUrl,
    Duration connectTimeout,
    Duration requestTimeout,
    boolean gzip,
    int maxResponseBytes,
    String userAgent,
    @Nullable ProxySelector proxy,
    BufferClock clock) {}
