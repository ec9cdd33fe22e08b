package dev.kume.cli.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** An event that a page of the documentation names is one that the daemon writes. */
final class DocumentedEventsTest {
    private static final Pattern ID = Pattern.compile("KUME-\\d{4}");

    @Test
    void thePagesNameNoEventThatThereIsNot() throws IOException {
        Set<String> known = ids(Path.of("../docs/events.md"));
        Set<String> named = new TreeSet<>();
        try (Stream<Path> pages = Files.list(Path.of("../docs"))) {
            for (Path page :
                    pages.filter(file -> file.toString().endsWith(".md")).toList()) {
                named.addAll(ids(page));
            }
        }
        assertTrue(ids(Path.of("../docs/troubleshooting.md")).size() > 12, "the page of symptoms has lost its lines");
        named.removeAll(known);
        assertEquals(Set.of(), named);
    }

    private static Set<String> ids(Path page) throws IOException {
        return ID.matcher(Files.readString(page))
                .results()
                .map(found -> found.group())
                .collect(Collectors.toSet());
    }
}
