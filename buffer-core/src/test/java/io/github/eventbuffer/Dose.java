package io.github.eventbuffer;

import net.jqwik.api.lifecycle.AroundPropertyHook;
import net.jqwik.api.lifecycle.PropagationMode;
import net.jqwik.api.lifecycle.PropertyExecutionResult;
import net.jqwik.api.lifecycle.PropertyExecutor;
import net.jqwik.api.lifecycle.PropertyLifecycleContext;

/**
 * How long properties are tried: the usual dose draws the same samples in every build; {@code
 * -Ddose=N} tries N times as many, other ones each time; {@code -Dseed=S} draws those of an earlier
 * run, whose report names its seed.
 */
public final class Dose implements AroundPropertyHook {
  private static final String USUAL_SEED = "20261120";

  /** 1, or what {@code -Ddose} says. */
  public static final int TIMES = Integer.getInteger("dose", 1);

  /** A hook of a class is one of its properties, too. */
  @Override
  public PropagationMode propagateTo() {
    return PropagationMode.ALL_DESCENDANTS;
  }

  @Override
  public PropertyExecutionResult aroundProperty(
      PropertyLifecycleContext context, PropertyExecutor property) {
    int tries = context.attributes().tries().orElseThrow();
    if (tries > 1) {
      // Else it is an example, which is the same each time.
      context.attributes().setTries(Math.multiplyExact(tries, TIMES));
    }
    String seed = System.getProperty("seed", TIMES == 1 ? USUAL_SEED : null);
    if (seed != null && context.attributes().seed().isEmpty()) {
      context.attributes().setSeed(seed);
    }
    try {
      return property.execute();
    } catch (OutOfMemoryError e) {
      // It would end the engine, and with it all properties that come after.
      throw new AssertionError("out of memory", e);
    }
  }
}
