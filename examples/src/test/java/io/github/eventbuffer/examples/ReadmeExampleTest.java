package io.github.eventbuffer.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class ReadmeExampleTest {

  private static final Path README = Path.of("../README.md");
  private static final Path SOURCE =
      Path.of("src/main/java", ReadmeExample.class.getName().replace('.', '/') + ".java");

  @Test
  void firstJavaBlockOfTheReadmeIsTheCompiledExample() throws IOException {
    String readme = Files.exists(README) ? Files.readString(README) : "";
    Matcher block = Pattern.compile("(?ms)^```java\\R(.*?)^```").matcher(readme);
    if (!block.find()) {
      String why = "NOT CHECKED: " + README.toAbsolutePath().normalize() + " has no ```java block";
      System.err.println(why);
      abort(why);
    }
    // In front of it are the imports, which the source has one by one.
    Matcher example = Pattern.compile("(?s)(import [\\w.*]+;\\R)+…\\R(.*)").matcher(block.group(1));
    assertTrue(example.matches(), "imports, …, and the example");
    assertEquals(compiled(), example.group(2).strip());
  }

  private static String compiled() throws IOException {
    Matcher region =
        Pattern.compile("(?s)// \\[readme]\\R(.*)\\R\\s*// \\[/readme]")
            .matcher(Files.readString(SOURCE));
    assertTrue(region.find(), "the markers are in " + SOURCE);
    return region.group(1).stripIndent().strip();
  }
}
