package dev.kume.cli.log;

import dev.kume.protocol.event.LogEvent;
import dev.kume.protocol.event.ServerEvent;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** All events, in the order of their numbers: {@code docs/events.md} as code. */
public final class EventTable {
    private EventTable() {}

    public static List<LogEvent> all() {
        return Stream.<LogEvent[]>of(
                        ServerEvent.values(), ServiceEvent.values(), DiskEvent.values(), WatchEvent.values())
                .flatMap(Stream::of)
                .sorted(Comparator.comparingInt(event -> event.facts().number()))
                .toList();
    }
}
