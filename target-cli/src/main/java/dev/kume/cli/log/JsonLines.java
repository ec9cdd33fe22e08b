package dev.kume.cli.log;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Map;

/** Lines for machines: one JSON object each. */
final class JsonLines {
    private static final JsonFactory JSON = new JsonFactory();

    private JsonLines() {}

    /** The line with its end. */
    static String of(LogLine line) {
        StringWriter text = new StringWriter(256);
        try (JsonGenerator out = JSON.createGenerator(text)) {
            out.writeStartObject();
            out.writeStringField(
                    "time", line.time().truncatedTo(ChronoUnit.MILLIS).toString());
            out.writeStringField("level", line.level().toLowerCase(Locale.ROOT));
            if (line.event() == null) {
                out.writeStringField("source", line.source());
            } else {
                out.writeStringField("event", line.id());
                out.writeStringField("name", line.event().name());
            }
            out.writeStringField("message", line.message());
            out.writeObjectFieldStart("fields");
            for (Map.Entry<String, String> field : line.fields().entrySet()) {
                out.writeStringField(field.getKey(), field.getValue());
            }
            out.writeEndObject();
            if (line.stack() != null) {
                out.writeStringField("stack", line.stack());
            }
            out.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e); // A string has room.
        }
        return text.append('\n').toString();
    }
}
