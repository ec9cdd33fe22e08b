package dev.kume.cli.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.protocol.event.EventFacts;
import dev.kume.protocol.event.LogEvent;
import dev.kume.protocol.event.ServerEvent;
import dev.kume.protocol.event.Severity;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The events and their page. */
final class EventTableTest {
    private static final Pattern ROW = Pattern.compile("\\| (KUME-\\d{4}) \\| \\w+ \\| `(\\w+)` \\|.*");

    /** Numbers of events that are gone; nobody gets one of them again. */
    private static final Set<Integer> GONE = Set.of();

    @Test
    void numbersAreUniqueAndNoneComesBack() {
        Map<Integer, LogEvent> seen = new HashMap<>();
        for (LogEvent event : EventTable.all()) {
            int number = event.facts().number();
            LogEvent other = seen.put(number, event);
            assertEquals(null, other, event.name() + " has the number of");
            assertFalse(GONE.contains(number), event.name() + " has the number of an event that is gone: " + number);
        }
    }

    @Test
    void everyEventHasANumberOfItsEnum() {
        Map<String, Integer> thousands = Map.of("ServerEvent", 1, "ServiceEvent", 2, "DiskEvent", 3, "WatchEvent", 4);
        for (LogEvent event : EventTable.all()) {
            assertEquals(
                    thousands.get(event.getClass().getSimpleName()),
                    event.facts().number() / 1_000,
                    event.facts().id() + " " + event.name());
        }
    }

    @Test
    void whatIsWrongSaysWhatToDo() {
        for (LogEvent event : EventTable.all()) {
            EventFacts facts = event.facts();
            boolean bad = facts.severity() == Severity.ERROR || facts.severity() == Severity.CRITICAL;
            assertTrue(!bad || !facts.advice().isEmpty(), facts.id() + " says what is wrong and not what to do");
        }
    }

    @Test
    void sessionsAndLoginsHavePeerAndInitiator() {
        for (LogEvent event : EventTable.all()) {
            int hundred = event.facts().number() / 100;
            if ((hundred == 11 || hundred == 12) && event != ServerEvent.LOGIN_REFUSALS_LEFT_OUT) {
                List<String> fields = event.facts().fields();
                assertTrue(
                        fields.containsAll(Set.of("peer", "initiator")),
                        event.facts().id() + " has " + fields);
            }
        }
    }

    @Test
    void fieldsOfAnEventHaveNamesOfTheirOwn() {
        for (LogEvent event : EventTable.all()) {
            List<String> fields = event.facts().fields();
            assertEquals(
                    fields.size(), new HashSet<>(fields).size(), event.facts().id() + " has " + fields);
            assertFalse(fields.contains(LogEvent.KEY), event.facts().id());
        }
    }

    @Test
    void aLineHasItsValuesInTheirPlaces() {
        assertEquals(
                "10.0.0.7:51000 iqn.2026-11.dev.kume:n1: session with - ended: {peer} left",
                ServerEvent.SESSION_ENDED.text("10.0.0.7:51000", "iqn.2026-11.dev.kume:n1", null, "{peer} left"));
    }

    /** {@code -Dkume.rewrite=true} writes the page anew. */
    @Test
    void thePageOfEventsIsTheTable() throws IOException {
        Path page = root().resolve("docs/events.md");
        String expected = EventsPage.of(EventTable.all());
        String there = Files.exists(page)
                ? Files.readString(page, StandardCharsets.UTF_8).replace("\r\n", "\n")
                : "";
        Map<String, String> names = new HashMap<>();
        EventTable.all().forEach(event -> names.put(event.facts().id(), event.name()));
        there.lines()
                .map(ROW::matcher)
                .filter(row -> row.matches())
                .forEach(row -> assertTrue(
                        names.containsKey(row.group(1)),
                        row.group(1) + " (" + row.group(2) + ") is gone from the table: write its number into GONE"));
        if (Boolean.getBoolean("kume.rewrite")) {
            Files.writeString(page, expected);
            there = expected;
        }
        assertEquals(
                expected,
                there,
                "docs/events.md is stale; run this test with -Dkume.rewrite=true and commit what it writes");
    }

    private static Path root() {
        Path folder = Path.of("").toAbsolutePath();
        while (!Files.isDirectory(folder.resolve("target-core")) || !Files.isDirectory(folder.resolve("docs"))) {
            folder = folder.getParent();
            assertTrue(folder != null, "no checkout above the working directory");
        }
        return folder;
    }
}
