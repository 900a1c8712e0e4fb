package io.github.eventbuffer.benchmarks;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.Value;
import io.opentelemetry.api.logs.Severity;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.contrib.disk.buffering.storage.SignalStorage;
import io.opentelemetry.contrib.disk.buffering.storage.impl.FileLogRecordStorage;
import io.opentelemetry.contrib.disk.buffering.storage.impl.FileStorageConfiguration;
import io.opentelemetry.sdk.common.InstrumentationScopeInfo;
import io.opentelemetry.sdk.logs.data.Body;
import io.opentelemetry.sdk.logs.data.LogRecordData;
import io.opentelemetry.sdk.resources.Resource;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * OpenTelemetry disk-buffering, the storage of log records: the event's JSON as the body of a
 * record, written by itself, so that it survives the process once the call returns.
 *
 * <p>Set up as its README says, with the storage that the exporters write to. Larger files than the
 * default of 1 MiB spare it opening one every 2,000 events; the folder may grow beyond the default
 * of 10 MiB, because it deletes its oldest file when the folder is full.
 */
final class OtelStore implements EventStore {
  private static final int FILE_BYTES = 64 << 20;

  private final ScratchDirectory directory = new ScratchDirectory();
  private final SignalStorage.LogRecord storage;
  private LogRecordData[] records = {};

  OtelStore() throws IOException {
    storage =
        FileLogRecordStorage.create(
            directory.path().toFile(),
            FileStorageConfiguration.builder()
                .setMaxFileSize(FILE_BYTES)
                .setMaxFolderSize(Integer.MAX_VALUE)
                .build());
  }

  @Override
  public void prepare(long first, int count) {
    records = new LogRecordData[count];
    for (int i = 0; i < count; i++) {
      byte[] json = CheckoutEvent.json(CheckoutEvent.id(first + i));
      records[i] = new Entry(Value.of(new String(json, StandardCharsets.UTF_8)));
    }
  }

  @Override
  public void append(int event) {
    if (!storage.write(List.of(records[event])).join().isSuccessful()) {
      throw new IllegalStateException("not taken");
    }
  }

  /** From the files themselves: the storage shows none before it is half a minute old. */
  @Override
  public long missing(long events) throws IOException {
    IdLedger ledger = new IdLedger();
    try (Stream<Path> files = Files.walk(directory.path())) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        ledger.enterFound(Files.readAllBytes(file));
      }
    }
    return ledger.missing(events);
  }

  @Override
  public void close() throws IOException {
    storage.close();
    directory.close();
  }

  /** A record that is nothing but a body and a time. */
  private record Entry(Value<?> value) implements LogRecordData {
    @Override
    public Resource getResource() {
      return Resource.empty();
    }

    @Override
    public InstrumentationScopeInfo getInstrumentationScopeInfo() {
      return InstrumentationScopeInfo.empty();
    }

    @Override
    public long getTimestampEpochNanos() {
      return 1_777_231_800_000_000_000L;
    }

    @Override
    public long getObservedTimestampEpochNanos() {
      return getTimestampEpochNanos();
    }

    @Override
    public SpanContext getSpanContext() {
      return SpanContext.getInvalid();
    }

    @Override
    public Severity getSeverity() {
      return Severity.INFO;
    }

    @Override
    public @Nullable String getSeverityText() {
      return null;
    }

    @Override
    @SuppressWarnings("deprecation") // still abstract
    public Body getBody() {
      return Body.string(value.asString());
    }

    @Override
    public @Nullable Value<?> getBodyValue() {
      return value;
    }

    @Override
    public Attributes getAttributes() {
      return Attributes.empty();
    }

    @Override
    public int getTotalAttributeCount() {
      return 0;
    }
  }
}
