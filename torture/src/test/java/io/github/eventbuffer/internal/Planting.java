package io.github.eventbuffer.internal;

import static net.bytebuddy.matcher.ElementMatchers.named;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.invoke.MethodHandles;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import net.bytebuddy.ByteBuddy;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.description.type.TypeDescription;
import net.bytebuddy.dynamic.ClassFileLocator;
import net.bytebuddy.pool.TypePool;

/**
 * Puts a fault into a class of the library before that class is loaded, and what the faults need
 * while they run. The library itself has no switch for it.
 */
public final class Planting {
  private static final AtomicLong ROLLS = new AtomicLong();
  private static final List<Object> KEPT = new ArrayList<>();
  private static final Map<Path, Long> FORCED = new HashMap<>();

  private Planting() {}

  /**
   * Changes one method.
   *
   * @param target simple name of a class in this package
   * @param advice simple name of a class within {@link PlantedAdvice}
   * @throws IllegalStateException if there is no such method: the fault has to be planted anew
   */
  public static void plant(String target, String method, String advice) {
    ClassFileLocator locator = ClassFileLocator.ForClassLoader.of(Planting.class.getClassLoader());
    TypePool pool = TypePool.Default.of(locator);
    String here = Planting.class.getPackageName() + ".";
    TypeDescription type = pool.describe(here + target).resolve();
    if (type.getDeclaredMethods().filter(named(method)).isEmpty()) {
      throw new IllegalStateException(target + " has no method " + method + " any more");
    }
    TypeDescription changes = pool.describe(here + "PlantedAdvice$" + advice).resolve();
    byte[] changed =
        new ByteBuddy()
            .redefine(type, locator)
            .visit(Advice.to(changes, locator).on(named(method)))
            .make()
            .getBytes();
    try {
      MethodHandles.lookup().defineClass(changed);
    } catch (IllegalAccessException e) {
      throw new IllegalStateException(e);
    }
  }

  /** True for one in so many calls, the first one not among them. */
  static boolean oneIn(int calls) {
    return ROLLS.incrementAndGet() % calls == 0;
  }

  /** True for one call only, this one being the n-th. */
  static boolean onlyAt(int call) {
    return ROLLS.incrementAndGet() == call;
  }

  /** Makes a leak: not even the garbage collector ends it. */
  static synchronized void keep(Object leaked) {
    KEPT.add(leaked);
  }

  /** Later, on another thread. */
  static void later(Runnable what, long millis) {
    Thread thread =
        new Thread(
            () -> {
              try {
                Thread.sleep(millis);
              } catch (InterruptedException e) {
                return;
              }
              what.run();
            },
            "late");
    thread.setDaemon(true);
    thread.start();
  }

  /** What a kernel does after a failed force: what was not forced before is gone. */
  static synchronized void loseUnforced(Path file) throws IOException {
    try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "rw")) {
      long from = FORCED.getOrDefault(file, 0L);
      long end = end(open);
      if (from > 0 && end > from) {
        open.seek(from);
        open.write(new byte[(int) (end - from)]);
      }
    }
  }

  /** The file is on the device as it is now. */
  static synchronized void forced(Path file) throws IOException {
    try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "r")) {
      FORCED.put(file, end(open) + 3 & ~3L);
    }
  }

  private static long end(RandomAccessFile file) throws IOException {
    byte[] all = new byte[(int) file.length()];
    file.seek(0);
    file.readFully(all);
    int end = all.length;
    while (end > 0 && all[end - 1] == 0) {
      end--;
    }
    return end;
  }
}
