package io.github.eventbuffer.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.dialect.Dialect;
import com.networknt.schema.dialect.Dialects;
import com.networknt.schema.keyword.NonValidationKeyword;
import com.networknt.schema.path.PathType;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The AdCP 3.1.19 schemas of {@code log_event}, with formats asserted. Thread-safe.
 *
 * <p>Ids and references in the schemas are paths from a root, {@code /schemas/3.1.19/…}, which the
 * validator would not take for an id; they are mapped to the folder beside this class, and nothing
 * is ever fetched.
 */
final class AdcpSchema {

  private static final String PREFIX = "/schemas/3.1.19/";
  private static final String FOLDER = "adcp-3.1.19/";

  /** Draft 7, and AdCP's own annotations, which assert nothing. */
  private static final Dialect DIALECT =
      Dialect.builder(Dialects.getDraft7())
          .keyword(new NonValidationKeyword("x-entity"))
          .keyword(new NonValidationKeyword("x-mutates-state"))
          .keyword(new NonValidationKeyword("enumDescriptions"))
          .build();

  private static final SchemaRegistry REGISTRY =
      SchemaRegistry.withDefaultDialect(
          DIALECT,
          builder ->
              builder
                  .schemas(AdcpSchema::text)
                  .schemaRegistryConfig(
                      SchemaRegistryConfig.builder()
                          .pathType(PathType.JSON_PATH)
                          .formatAssertionsEnabled(true)
                          .locale(Locale.ROOT)
                          .schemaIdValidator((id, root, location, resolved, context) -> true)
                          .build()));

  private static final Schema REQUEST = load("media-buy/log-event-request.json");
  private static final Schema EVENT = load("core/event.json");

  private AdcpSchema() {}

  /** What is wrong with a whole request; it must carry an idempotency key. */
  static List<Error> request(JsonNode request) {
    return REQUEST.validate(request);
  }

  /** What is wrong with one event. */
  static List<Error> event(JsonNode event) {
    return EVENT.validate(event);
  }

  private static Schema load(String name) {
    return REGISTRY.getSchema(SchemaLocation.of(PREFIX + name));
  }

  private static @Nullable String text(String location) {
    if (!location.startsWith(PREFIX)) {
      return null;
    }
    String name = FOLDER + location.substring(PREFIX.length());
    try (InputStream in = AdcpSchema.class.getResourceAsStream(name)) {
      return in == null ? null : new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
