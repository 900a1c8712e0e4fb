package io.github.eventbuffer.testkit;

import java.util.Objects;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives every JUnit test a {@link FakeEndpoint} of its own, started before it and closed after it.
 * Test methods and {@code @BeforeEach}/{@code @AfterEach} methods may take a {@code FakeEndpoint}
 * or its {@code Ledger} as a parameter.
 *
 * <p>Use {@code @ExtendWith(FakeEndpointExtension.class)} for the defaults, or a field with
 * {@code @RegisterExtension} and a builder for anything else.
 */
public final class FakeEndpointExtension
    implements BeforeEachCallback, AfterEachCallback, ParameterResolver {

  private static final ExtensionContext.Namespace NAMESPACE =
      ExtensionContext.Namespace.create(FakeEndpointExtension.class);

  private final FakeEndpointBuilder builder;

  /** Endpoints with every default. */
  public FakeEndpointExtension() {
    this(FakeEndpoint.builder());
  }

  /** Endpoints with these options; the builder must not be changed afterwards. */
  public FakeEndpointExtension(FakeEndpointBuilder builder) {
    this.builder = Objects.requireNonNull(builder, "builder");
  }

  @Override
  public void beforeEach(ExtensionContext context) {
    context.getStore(NAMESPACE).put(this, builder.start());
  }

  @Override
  public void afterEach(ExtensionContext context) {
    FakeEndpoint endpoint = context.getStore(NAMESPACE).remove(this, FakeEndpoint.class);
    if (endpoint != null) {
      endpoint.close();
    }
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    Class<?> type = parameter.getParameter().getType();
    return (type == FakeEndpoint.class || type == Ledger.class)
        && context.getStore(NAMESPACE).get(this) != null;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    FakeEndpoint endpoint =
        Objects.requireNonNull(context.getStore(NAMESPACE).get(this, FakeEndpoint.class));
    boolean whole = parameter.getParameter().getType() == FakeEndpoint.class;
    return whole ? endpoint : endpoint.ledger();
  }
}
