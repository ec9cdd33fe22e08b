package dev.kume.cli.yaml;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.util.List;

/** The text of the files that the daemon writes: one mapping in block style, each value on one line. */
public final class YamlWriter {
    /** Writes the keys of a document's mapping. */
    @FunctionalInterface
    public interface Keys {
        void write(JsonGenerator out) throws IOException;
    }

    private YamlWriter() {}

    /** A list of texts, left out when there are none. */
    public static void texts(JsonGenerator out, String key, List<String> texts) throws IOException {
        if (!texts.isEmpty()) {
            out.writeArrayFieldStart(key);
            for (String text : texts) {
                out.writeString(text);
            }
            out.writeEndArray();
        }
    }

    /** A whole document, with {@code layout} on top of what all of them have. */
    public static String document(Keys keys, YAMLGenerator.Feature... layout) {
        YAMLFactory factory = YAMLFactory.builder()
                .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
                .disable(YAMLGenerator.Feature.SPLIT_LINES)
                .build();
        for (YAMLGenerator.Feature feature : layout) {
            factory.enable(feature);
        }
        StringWriter text = new StringWriter();
        try (JsonGenerator out = factory.createGenerator(text)) {
            out.writeStartObject();
            keys.write(out);
            out.writeEndObject();
        } catch (IOException e) {
            throw new IllegalStateException("a string writer never fails", e);
        }
        return text.toString();
    }
}
