package dev.kume.cli.daemon;

import dev.kume.cli.files.Causes;
import dev.kume.cli.log.ServiceEvent;
import dev.kume.cli.ownership.KeyBook;
import dev.kume.cli.yaml.YamlException;
import dev.kume.cli.yaml.YamlKeys;
import dev.kume.cli.yaml.YamlWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which node had which reservation key, in {@code cluster-keys.yaml} of the state directory. Nothing depends on it but
 * names that people read, so it is written now and then; one that cannot be read is put aside.
 */
final class KeysFile {
    private static final Logger LOG = LoggerFactory.getLogger(KeysFile.class);
    private static final int SCHEMA_VERSION = 1;

    private final Path file;
    private final DurableFiles files;
    private final KeyBook book;
    private long written;

    KeysFile(Path stateDirectory, DurableFiles files, KeyBook book) {
        this.file = stateDirectory.resolve("cluster-keys.yaml");
        this.files = files;
        this.book = book;
    }

    /** Takes back what was written last. */
    void load() {
        try {
            book.restore(read(file.toString(), Files.readString(file)));
        } catch (NoSuchFileException e) {
            LOG.debug("{} is not there yet", file);
        } catch (YamlException | IOException e) {
            putAside(e);
        }
    }

    private void putAside(Exception damage) {
        Path aside = file.resolveSibling(file.getFileName() + ".damaged");
        try {
            files.replace(file, aside);
            ServiceEvent.KEYS_FORGOTTEN.log(LOG, damage.getMessage(), aside);
        } catch (IOException e) {
            ServiceEvent.KEYS_UNREADABLE.log(LOG, file, damage.getMessage(), Causes.of(e));
        }
    }

    /** Writes when there is something new. */
    synchronized void flush() {
        long changes = book.changes();
        if (changes == written) {
            return;
        }
        try {
            files.replaceContent(file, write(book.list()));
            written = changes;
        } catch (IOException e) {
            ServiceEvent.KEYS_NOT_SAVED.log(LOG, file, Causes.of(e));
        }
    }

    static byte[] write(List<KeyBook.Entry> entries) {
        String text = YamlWriter.document(out -> {
            out.writeNumberField("schemaVersion", SCHEMA_VERSION);
            out.writeArrayFieldStart("keys");
            for (KeyBook.Entry entry : entries) {
                out.writeStartObject();
                out.writeStringField("cluster", entry.cluster());
                out.writeStringField("key", "0x%016x".formatted(entry.key()));
                out.writeStringField("initiator", entry.initiator());
                out.writeStringField("node", entry.node());
                out.writeEndObject();
            }
            out.writeEndArray();
        });
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static List<KeyBook.Entry> read(String file, String text) throws YamlException {
        YamlKeys root = YamlKeys.document(file, text);
        root.number("schemaVersion", SCHEMA_VERSION, SCHEMA_VERSION);
        List<KeyBook.Entry> entries = new ArrayList<>();
        for (YamlKeys keys : root.blocks("keys")) {
            entries.add(new KeyBook.Entry(
                    keys.text("cluster"),
                    keys.parsed("key", KeysFile::key),
                    keys.text("initiator"),
                    keys.text("node")));
            keys.end();
        }
        root.end();
        return entries;
    }

    private static long key(String text) {
        if (!text.startsWith("0x")) {
            throw new IllegalArgumentException("'%s' is not a key".formatted(text));
        }
        try {
            return Long.parseUnsignedLong(text.substring(2), 16);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("'%s' is not a key".formatted(text), e);
        }
    }
}
