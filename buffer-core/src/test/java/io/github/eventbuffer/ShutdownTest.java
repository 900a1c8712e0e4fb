package io.github.eventbuffer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A JVM that ends while its buffer is open. */
class ShutdownTest {
  @TempDir Path home;

  private List<String> end(String... arguments) throws Exception {
    ChildJvm.Result result = ChildJvm.current().run(ShutdownProgram.class, arguments);
    assertEquals(0, result.exit(), result.all());
    return result.out();
  }

  @Test
  void withTheOptionTheBufferIsClosedByAHook() throws Exception {
    String directory = home.resolve("events").toString();
    assertEquals(List.of("delivered 10"), end(directory, "hook"));
  }

  @Test
  void withoutItTheEventsWaitForTheNextRun() throws Exception {
    String directory = home.resolve("events").toString();
    assertEquals(List.of(), end(directory));
    assertEquals(List.of("delivered 10"), end(directory, "hook"));
  }

  @Test
  void aBufferThatIsClosedLeavesNoHookBehind() {
    ScriptedTransport transport = new ScriptedTransport();
    EventBuffer.Builder options =
        EventBuffer.builder(home.resolve("events"))
            .destination(Destination.of("12345", "website_pixel"))
            .transport(transport)
            .closeOnShutdown(Duration.ofSeconds(1));
    for (int i = 0; i < 3; i++) {
      EventBuffer buffer = options.open();
      assertTrue(buffer.close(Duration.ofSeconds(10)).complete());
      assertTrue(buffer.close(Duration.ofSeconds(10)).complete());
    }
  }
}
