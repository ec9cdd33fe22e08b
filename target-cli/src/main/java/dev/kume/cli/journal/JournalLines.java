package dev.kume.cli.journal;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.kume.core.nexus.ITNexus;
import dev.kume.core.reservation.ReservationEvent.Cause;
import dev.kume.core.reservation.ReservationType;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Events of the journal as lines of JSON, one each. */
final class JournalLines {
    private static final JsonFactory JSON = new JsonFactory();
    private static final JsonMapper MAPPER = new JsonMapper();
    private static final int HEXADECIMAL = 16;

    private JournalLines() {}

    // ---- out --------------------------------------------------------------------------------------------------------

    /** The line, without its end. */
    static String write(JournalEvent event) {
        StringWriter line = new StringWriter();
        try (JsonGenerator out = JSON.createGenerator(line)) {
            out.writeStartObject();
            out.writeStringField("at", event.at().toString());
            write(event, out);
            out.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return line.toString();
    }

    private static void write(JournalEvent event, JsonGenerator out) throws IOException {
        switch (event) {
            case JournalEvent.Started started -> {
                out.writeStringField("event", "started");
                out.writeStringField("version", started.version());
            }
            case JournalEvent.Stopped stopped -> out.writeStringField("event", "stopped");
            case JournalEvent.SessionBegan began -> {
                out.writeStringField("event", "session began");
                out.writeNumberField("session", began.session());
                nexus(out, "nexus", began.nexus());
                out.writeStringField("address", began.address());
                out.writeStringField("portal", began.portal());
            }
            case JournalEvent.SessionEnded ended -> {
                out.writeStringField("event", "session ended");
                out.writeNumberField("session", ended.session());
                nexus(out, "nexus", ended.nexus());
                out.writeStringField("address", ended.address());
                out.writeStringField("heard", ended.heard().toString());
                out.writeStringField("why", ended.why());
            }
            case JournalEvent.ReservationChanged changed -> reservation(changed, out);
            case JournalEvent.LastAccess access -> {
                out.writeStringField("event", "last access");
                out.writeStringField("disk", access.disk().toString());
                nexus(out, "nexus", access.nexus());
                time(out, "read", access.read());
                time(out, "write", access.write());
            }
            case JournalEvent.FirstAccess access -> {
                out.writeStringField("event", access.write() ? "first write" : "first read");
                out.writeStringField("disk", access.disk().toString());
                nexus(out, "nexus", access.nexus());
            }
            case JournalEvent.Heard heard -> {
                out.writeStringField("event", "heard");
                nexus(out, "nexus", heard.nexus());
                out.writeStringField("heard", heard.heard().toString());
            }
            case JournalEvent.LeftOut left -> {
                out.writeStringField("event", "left out");
                out.writeStringField("what", left.what());
                out.writeNumberField("count", left.count());
            }
        }
    }

    private static void reservation(JournalEvent.ReservationChanged changed, JsonGenerator out) throws IOException {
        out.writeStringField("event", "reservation");
        out.writeStringField("disk", changed.disk().toString());
        nexus(out, "by", changed.by());
        out.writeStringField("cause", changed.cause().name());
        out.writeStringField("key", Long.toHexString(changed.key()));
        out.writeStringField("actionKey", Long.toHexString(changed.actionKey()));
        if (changed.type() != null) {
            out.writeStringField("type", changed.type().name());
        }
        nexus(out, "holder", changed.holder());
        out.writeArrayFieldStart("removed");
        for (ITNexus removed : changed.removed()) {
            out.writeStartObject();
            fields(out, removed);
            out.writeEndObject();
        }
        out.writeEndArray();
        out.writeNumberField("removedCount", changed.removedCount());
    }

    private static void nexus(JsonGenerator out, String name, @Nullable ITNexus nexus) throws IOException {
        if (nexus != null) {
            out.writeObjectFieldStart(name);
            fields(out, nexus);
            out.writeEndObject();
        }
    }

    private static void fields(JsonGenerator out, ITNexus nexus) throws IOException {
        out.writeStringField("initiator", nexus.initiatorName());
        out.writeStringField("isid", Long.toHexString(nexus.isid()));
        out.writeStringField("target", nexus.targetName());
        out.writeNumberField("group", nexus.targetPortalGroup());
    }

    private static void time(JsonGenerator out, String name, @Nullable Instant time) throws IOException {
        if (time != null) {
            out.writeStringField(name, time.toString());
        }
    }

    // ---- in ---------------------------------------------------------------------------------------------------------

    /** The event of a line, or null when it is none that anybody has written. */
    static @Nullable JournalEvent read(String line) {
        try {
            JsonNode node = MAPPER.readTree(line);
            return node == null || !node.isObject() ? null : read(node);
        } catch (IOException | IllegalArgumentException | DateTimeException e) {
            return null;
        }
    }

    private static JournalEvent read(JsonNode node) {
        Instant at = time(node, "at");
        return switch (text(node, "event")) {
            case "started" -> new JournalEvent.Started(at, text(node, "version"));
            case "stopped" -> new JournalEvent.Stopped(at);
            case "session began" ->
                new JournalEvent.SessionBegan(
                        at, number(node, "session"), nexus(node, "nexus"), text(node, "address"), text(node, "portal"));
            case "session ended" ->
                new JournalEvent.SessionEnded(
                        at,
                        number(node, "session"),
                        nexus(node, "nexus"),
                        text(node, "address"),
                        time(node, "heard"),
                        text(node, "why"));
            case "reservation" -> reservation(at, node);
            case "last access" ->
                new JournalEvent.LastAccess(
                        at, disk(node), nexus(node, "nexus"), maybeTime(node, "read"), maybeTime(node, "write"));
            case "first write" -> new JournalEvent.FirstAccess(at, disk(node), nexus(node, "nexus"), true);
            case "first read" -> new JournalEvent.FirstAccess(at, disk(node), nexus(node, "nexus"), false);
            case "heard" -> new JournalEvent.Heard(at, nexus(node, "nexus"), time(node, "heard"));
            case "left out" -> new JournalEvent.LeftOut(at, text(node, "what"), number(node, "count"));
            // Of a later version, which has gone back to this one.
            default -> new JournalEvent.LeftOut(at, JournalEvent.LeftOut.ALL, 1);
        };
    }

    private static JournalEvent reservation(Instant at, JsonNode node) {
        List<ITNexus> removed = new ArrayList<>();
        node.path("removed").forEach(each -> removed.add(nexus(each)));
        return new JournalEvent.ReservationChanged(
                at,
                disk(node),
                node.has("by") ? nexus(node, "by") : null,
                Cause.valueOf(text(node, "cause")),
                Long.parseUnsignedLong(text(node, "key"), HEXADECIMAL),
                Long.parseUnsignedLong(text(node, "actionKey"), HEXADECIMAL),
                node.has("type") ? ReservationType.valueOf(text(node, "type")) : null,
                node.has("holder") ? nexus(node, "holder") : null,
                removed,
                (int) number(node, "removedCount"));
    }

    private static ITNexus nexus(JsonNode node, String name) {
        return nexus(node.path(name));
    }

    private static ITNexus nexus(JsonNode node) {
        return new ITNexus(
                text(node, "initiator"),
                Long.parseUnsignedLong(text(node, "isid"), HEXADECIMAL),
                text(node, "target"),
                (int) number(node, "group"));
    }

    private static UUID disk(JsonNode node) {
        return UUID.fromString(text(node, "disk"));
    }

    private static Instant time(JsonNode node, String name) {
        return Instant.parse(text(node, name));
    }

    private static @Nullable Instant maybeTime(JsonNode node, String name) {
        return node.has(name) ? time(node, name) : null;
    }

    private static long number(JsonNode node, String name) {
        JsonNode value = node.path(name);
        if (!value.canConvertToLong()) {
            throw new IllegalArgumentException(name);
        }
        return value.longValue();
    }

    private static String text(JsonNode node, String name) {
        JsonNode value = node.path(name);
        if (!value.isTextual()) {
            throw new IllegalArgumentException(name);
        }
        return value.textValue();
    }
}
