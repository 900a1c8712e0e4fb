package io.github.eventbuffer.internal;

import io.github.eventbuffer.EventBufferException;
import io.github.eventbuffer.EventBufferException.Reason;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import org.jspecify.annotations.Nullable;

/**
 * Makes the two packages of java.base that Chronicle needs accessible, so that the user's command
 * line needs no flags.
 *
 * <p>Without them Chronicle throws an {@code AssertionError} from its builder, or opens a queue
 * read-only without a word. So they are opened, and checked, before the directory is touched.
 */
final class ModuleOpener {
  /** {@code -Dio.github.eventbuffer.openModules=false} forbids it. */
  static final String PROPERTY = "io.github.eventbuffer.openModules";

  private static final String[] PACKAGES = {"java.lang.reflect", "sun.nio.ch"};

  private ModuleOpener() {}

  /**
   * Opens what is not open yet.
   *
   * @throws EventBufferException with {@link Reason#MODULES_CLOSED} when it is forbidden or
   *     refused, with the flags to give instead
   */
  static void open() {
    Module base = Object.class.getModule();
    Module here = ModuleOpener.class.getModule();
    if (isOpen(base, here)) {
      return;
    }
    if ("false".equalsIgnoreCase(System.getProperty(PROPERTY))) {
      throw closed("-D" + PROPERTY + "=false forbids the library to open them itself", null);
    }
    try {
      MethodHandle open =
          trustedLookup()
              .findVirtual(
                  Module.class,
                  "implAddOpensToAllUnnamed",
                  MethodType.methodType(void.class, String.class));
      for (String name : PACKAGES) {
        open.invokeExact(base, name);
      }
    } catch (Throwable e) {
      throw closed("this JVM refused to open them (" + e + ")", e);
    }
    if (!isOpen(base, here)) {
      throw closed("this JVM did not open them", null);
    }
  }

  private static boolean isOpen(Module base, Module here) {
    for (String name : PACKAGES) {
      if (!base.isOpen(name, here)) {
        return false;
      }
    }
    return true;
  }

  /**
   * The lookup that may do all, read through {@code sun.misc.Unsafe}, by reflection because the
   * compiler warns of any other use. Chronicle itself cannot start where this is denied.
   */
  @SuppressWarnings("deprecation")
  private static MethodHandles.Lookup trustedLookup() throws ReflectiveOperationException {
    Class<?> unsafeClass = Class.forName("sun.misc.Unsafe");
    Field instance = unsafeClass.getDeclaredField("theUnsafe");
    instance.setAccessible(true);
    Object unsafe = instance.get(null);
    Field lookup = MethodHandles.Lookup.class.getDeclaredField("IMPL_LOOKUP");
    Method base = unsafeClass.getMethod("staticFieldBase", Field.class);
    Method offset = unsafeClass.getMethod("staticFieldOffset", Field.class);
    Method get = unsafeClass.getMethod("getObject", Object.class, long.class);
    return (MethodHandles.Lookup)
        get.invoke(unsafe, base.invoke(unsafe, lookup), offset.invoke(unsafe, lookup));
  }

  private static EventBufferException closed(String why, @Nullable Throwable cause) {
    return new EventBufferException(
        Reason.MODULES_CLOSED,
        "Chronicle Queue needs two packages of java.base, and "
            + why
            + ". Give the JVM the flags\n"
            + "  --add-opens=java.base/java.lang.reflect=ALL-UNNAMED"
            + " --add-opens=java.base/sun.nio.ch=ALL-UNNAMED\n"
            + "on the command line, or in the environment as\n"
            + "  JDK_JAVA_OPTIONS=\"--add-opens=java.base/java.lang.reflect=ALL-UNNAMED"
            + " --add-opens=java.base/sun.nio.ch=ALL-UNNAMED\"\n"
            + "or, for java -jar, in the manifest of the jar as\n"
            + "  Add-Opens: java.base/java.lang.reflect java.base/sun.nio.ch",
        cause);
  }
}
