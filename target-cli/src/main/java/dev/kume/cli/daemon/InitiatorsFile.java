package dev.kume.cli.daemon;

import dev.kume.cli.files.Causes;
import dev.kume.cli.log.ServiceEvent;
import dev.kume.cli.yaml.YamlException;
import dev.kume.cli.yaml.YamlKeys;
import dev.kume.cli.yaml.YamlWriter;
import dev.kume.protocol.connection.InitiatorLog;
import dev.kume.protocol.connection.SeenInitiator;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code initiators.yaml}: everybody who has tried. Written now and then, for what it loses in a crash comes back
 * with the next login. One that cannot be read is put aside: nothing that is provisioned depends on it.
 */
final class InitiatorsFile {
    private static final Logger LOG = LoggerFactory.getLogger(InitiatorsFile.class);
    private static final int SCHEMA_VERSION = 1;

    private final Path file;
    private final DurableFiles files;
    private final InitiatorLog log;
    private long written;

    InitiatorsFile(Path stateDirectory, DurableFiles files, InitiatorLog log) {
        this.file = stateDirectory.resolve("initiators.yaml");
        this.files = files;
        this.log = log;
    }

    /** Takes back what was written last. */
    void load() {
        try {
            log.restore(read(file.toString(), Files.readString(file)));
        } catch (NoSuchFileException e) {
            LOG.debug("{} is not there yet", file);
        } catch (YamlException | IOException e) {
            ServiceEvent.INITIATORS_FORGOTTEN.log(LOG, e.getMessage());
        }
    }

    /** Writes when there is something new. One thread at a time. */
    synchronized void flush() {
        long changes = log.changes();
        if (changes == written) {
            return;
        }
        try {
            files.replaceContent(file, write(log.list()));
            written = changes;
        } catch (IOException e) {
            ServiceEvent.INITIATORS_NOT_SAVED.log(LOG, file, Causes.of(e));
        }
    }

    static byte[] write(List<SeenInitiator> initiators) {
        String text = YamlWriter.document(out -> {
            out.writeNumberField("schemaVersion", SCHEMA_VERSION);
            out.writeArrayFieldStart("initiators");
            for (SeenInitiator seen : initiators) {
                out.writeStartObject();
                out.writeStringField("name", seen.name());
                out.writeStringField("address", seen.address());
                out.writeStringField("firstSeen", seen.firstSeen().toString());
                out.writeStringField("lastSeen", seen.lastSeen().toString());
                if (seen.lastTarget() != null) {
                    out.writeStringField("lastTarget", seen.lastTarget());
                }
                out.writeStringField("outcome", seen.outcome());
                out.writeBooleanField("refused", seen.refused());
                out.writeNumberField("attempts", seen.attempts());
                out.writeNumberField("failures", seen.failures());
                out.writeEndObject();
            }
            out.writeEndArray();
        });
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static List<SeenInitiator> read(String file, String text) throws YamlException {
        YamlKeys root = YamlKeys.document(file, text);
        root.number("schemaVersion", SCHEMA_VERSION, SCHEMA_VERSION);
        List<SeenInitiator> initiators = new ArrayList<>();
        for (YamlKeys keys : root.blocks("initiators")) {
            initiators.add(new SeenInitiator(
                    keys.text("name"),
                    keys.text("address"),
                    keys.parsed("firstSeen", InitiatorsFile::instant),
                    keys.parsed("lastSeen", InitiatorsFile::instant),
                    keys.optionalText("lastTarget"),
                    keys.text("outcome"),
                    keys.truth("refused"),
                    keys.number("attempts", 0, Long.MAX_VALUE),
                    failures(keys)));
            keys.end();
        }
        root.end();
        return initiators;
    }

    /** Files of the first releases have none. */
    private static long failures(YamlKeys keys) throws YamlException {
        Long failures = keys.optionalNumber("failures", 0, Long.MAX_VALUE);
        return failures == null ? 0 : failures;
    }

    private static Instant instant(String text) {
        try {
            return Instant.parse(text);
        } catch (DateTimeException e) {
            throw new IllegalArgumentException("'%s' is not a time".formatted(text), e);
        }
    }
}
