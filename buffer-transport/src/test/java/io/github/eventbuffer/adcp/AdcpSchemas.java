package io.github.eventbuffer.adcp;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.dialect.Dialect;
import com.networknt.schema.dialect.Dialects;
import com.networknt.schema.keyword.NonValidationKeyword;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The AdCP 3.1.19 schemas among the resources, formats asserted; nothing is ever fetched. */
final class AdcpSchemas {
  private static final String PREFIX = "/schemas/3.1.19/";

  /** What the testkit has of them, and the rest. */
  private static final List<String> FOLDERS =
      List.of(
          "/io/github/eventbuffer/testkit/adcp-3.1.19/",
          "/io/github/eventbuffer/adcp/adcp-3.1.19/");

  /** Draft 7, and AdCP's own annotations, which assert nothing. */
  private static final Dialect DIALECT =
      Dialect.builder(Dialects.getDraft7())
          .keyword(new NonValidationKeyword("x-entity"))
          .keyword(new NonValidationKeyword("x-mutates-state"))
          .keyword(new NonValidationKeyword("x-accessibility"))
          .keyword(new NonValidationKeyword("x-adcp-open-payload"))
          .keyword(new NonValidationKeyword("enumDescriptions"))
          .keyword(new NonValidationKeyword("enumMetadata"))
          .keyword(new NonValidationKeyword("notes"))
          .build();

  private static final SchemaRegistry REGISTRY =
      SchemaRegistry.withDefaultDialect(
          DIALECT,
          builder ->
              builder
                  .schemas(AdcpSchemas::text)
                  .schemaRegistryConfig(
                      SchemaRegistryConfig.builder()
                          .formatAssertionsEnabled(true)
                          .locale(Locale.ROOT)
                          .schemaIdValidator((id, root, location, resolved, context) -> true)
                          .build()));

  private AdcpSchemas() {}

  /** What is wrong with a document; {@code name} is the schema's path from the root. */
  static List<Error> violations(String name, JsonNode document) {
    Schema schema = REGISTRY.getSchema(SchemaLocation.of(PREFIX + name));
    return schema.validate(document);
  }

  /** The schema itself. */
  static JsonNode schema(String name) throws IOException {
    return new ObjectMapper().readTree(text(PREFIX + name));
  }

  private static @Nullable String text(String location) {
    if (!location.startsWith(PREFIX)) {
      return null;
    }
    for (String folder : FOLDERS) {
      String name = folder + location.substring(PREFIX.length());
      try (InputStream in = AdcpSchemas.class.getResourceAsStream(name)) {
        if (in != null) {
          return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return null;
  }
}
