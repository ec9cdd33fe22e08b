package dev.kume.cli.access;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import dev.kume.cli.yaml.YamlException;
import dev.kume.cli.yaml.YamlKeys;
import dev.kume.cli.yaml.YamlWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.regex.Pattern;

/** The text of {@code tokens.yaml}: what {@link #write} makes {@link #read} understands, and nothing else. */
final class TokensYaml {
    private static final int SCHEMA_VERSION = 1;
    private static final String HEAD =
            "# Written by the Kume daemon, never by hand: use kume token. It holds no secrets.\n";
    private static final Pattern ID = Pattern.compile("[0-9a-f]{8}");
    private static final Pattern HASH = Pattern.compile("[0-9a-f]{64}");

    private TokensYaml() {}

    static byte[] write(Collection<TokenRecord> tokens) {
        String text = YamlWriter.document(
                out -> {
                    out.writeNumberField("schemaVersion", SCHEMA_VERSION);
                    out.writeArrayFieldStart("tokens");
                    for (TokenRecord token : tokens) {
                        write(out, token);
                    }
                    out.writeEndArray();
                    // The last key: a file that was cut off must not read as fewer tokens.
                    out.writeBooleanField("complete", true);
                },
                YAMLGenerator.Feature.INDENT_ARRAYS_WITH_INDICATOR);
        return (HEAD + text).getBytes(StandardCharsets.UTF_8);
    }

    private static void write(JsonGenerator out, TokenRecord token) throws IOException {
        out.writeStartObject();
        out.writeStringField("name", token.name());
        out.writeStringField("id", token.id());
        out.writeStringField("role", token.role().word());
        out.writeStringField("sha256", token.hash());
        out.writeStringField("created", token.created().toString());
        if (token.expires() != null) {
            out.writeStringField("expires", token.expires().toString());
        }
        if (token.lastUsed() != null) {
            out.writeStringField("lastUsed", token.lastUsed().toString());
        }
        out.writeEndObject();
    }

    static List<TokenRecord> read(String file, String text) throws YamlException {
        YamlKeys root = YamlKeys.document(file, text);
        root.number("schemaVersion", SCHEMA_VERSION, SCHEMA_VERSION);
        List<TokenRecord> tokens = new ArrayList<>();
        for (YamlKeys keys : root.blocks("tokens")) {
            tokens.add(new TokenRecord(
                    keys.parsed("id", id -> matching(ID, id)),
                    keys.text("name"),
                    keys.parsed("role", Role::ofWord),
                    keys.parsed("sha256", hash -> matching(HASH, hash)),
                    keys.parsed("created", TokensYaml::instant),
                    keys.optionalParsed("expires", TokensYaml::instant),
                    keys.optionalParsed("lastUsed", TokensYaml::instant)));
            keys.end();
        }
        root.truth("complete");
        root.end();
        return tokens;
    }

    private static String matching(Pattern form, String text) {
        if (!form.matcher(text).matches()) {
            throw new IllegalArgumentException("'%s' is not of the form %s".formatted(text, form));
        }
        return text;
    }

    private static Instant instant(String text) {
        try {
            return Instant.parse(text);
        } catch (DateTimeException e) {
            throw new IllegalArgumentException("'%s' is not a time".formatted(text), e);
        }
    }
}
