package dev.kume.cli.daemon;

import dev.kume.cli.files.Causes;
import dev.kume.cli.log.ServiceEvent;
import dev.kume.cli.yaml.YamlException;
import dev.kume.core.inventory.Inventory;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code inventory.yaml} and its {@code history/}. A crash at any moment leaves the old version or the new one; what
 * {@link #save} has returned for is durable. Owned by the provisioning thread.
 */
final class InventoryFile {
    private static final Logger LOG = LoggerFactory.getLogger(InventoryFile.class);
    private static final Pattern HISTORY_NAME = Pattern.compile("inventory-[0-9]{10}\\.yaml");

    private final Path file;
    private final Path history;
    private final int versionsKept;
    private final DurableFiles files;

    /** What {@link #load} has found: false for the inventory of an older version. */
    private boolean hasUnits = true;

    InventoryFile(Path stateDirectory, int versionsKept, DurableFiles files) {
        this.file = stateDirectory.resolve("inventory.yaml");
        this.history = stateDirectory.resolve("history");
        this.versionsKept = versionsKept;
        this.files = files;
    }

    /**
     * The inventory as it was saved last; an empty one in a state directory that never had any. A file that is
     * missing or damaged where there was one is an error that says what can be restored: an empty inventory would
     * take every disk away from every host.
     */
    Inventory load() throws DaemonException {
        try {
            String text = Files.readString(file);
            Inventory loaded = InventoryYaml.read(file.toString(), text);
            hasUnits = InventoryYaml.hasUnits(file.toString(), text);
            return loaded;
        } catch (NoSuchFileException e) {
            if (versions().isEmpty()) {
                return Inventory.EMPTY;
            }
            throw DaemonException.failed("%s is gone; %s".formatted(file, restoring()));
        } catch (CharacterCodingException e) {
            throw DaemonException.failed("%s:1:1: it is not UTF-8 text; %s".formatted(file, restoring()));
        } catch (YamlException e) {
            throw DaemonException.failed("%s; %s".formatted(e.getMessage(), restoring()));
        } catch (IOException e) {
            throw DaemonException.failed("%s cannot be read: %s".formatted(file, Causes.of(e)));
        }
    }

    /** False when the inventory that was loaded is of a version that made no memories of units. */
    boolean hasUnits() {
        return hasUnits;
    }

    /** Writes the same version again, as this version of Kume writes it. */
    void rewrite(Inventory inventory) throws IOException {
        files.replaceContent(file, InventoryYaml.write(inventory));
        hasUnits = true;
    }

    /**
     * Makes {@code next} durable. When this throws, {@code now} is what a later start finds, as far as the disk
     * obeys.
     */
    void save(Inventory now, Inventory next) throws IOException {
        byte[] content = InventoryYaml.write(next);
        Files.createDirectories(history);
        files.replaceContent(version(next.version()), content);
        try {
            files.replaceContent(file, content);
        } catch (IOException e) {
            takeBack(now, e);
            throw e;
        }
        forgetOldest();
    }

    /** The rename may have happened: a change that is answered with an error must not come back at the next start. */
    private void takeBack(Inventory now, IOException failure) {
        try {
            if (now.version() == 0) {
                Files.deleteIfExists(file);
            } else {
                files.replaceContent(file, InventoryYaml.write(now));
            }
        } catch (IOException e) {
            failure.addSuppressed(e);
        }
    }

    private void forgetOldest() {
        List<Path> versions;
        try {
            versions = versions();
        } catch (DaemonException e) {
            return; // Old versions that stay do no harm, and the change is durable.
        }
        for (Path old : versions.subList(0, Math.max(0, versions.size() - versionsKept))) {
            try {
                Files.deleteIfExists(old);
            } catch (IOException e) {
                return; // As above.
            }
        }
    }

    /**
     * A version that is kept.
     *
     * @param saved when it was written
     */
    record Kept(Inventory inventory, Instant saved) {}

    /** The numbers of the versions that are kept, oldest first. Any thread. */
    List<Long> kept() throws DaemonException {
        return versions().stream().map(InventoryFile::number).toList();
    }

    /** One of them; null when it is not kept, or not any more. Any thread. */
    @Nullable
    Kept find(long number) throws DaemonException {
        Path kept = version(number);
        try {
            Instant saved = Files.getLastModifiedTime(kept).toInstant();
            return new Kept(InventoryYaml.read(kept.toString(), Files.readString(kept)), saved);
        } catch (NoSuchFileException e) {
            return null;
        } catch (YamlException e) {
            throw DaemonException.failed(e.getMessage());
        } catch (IOException e) {
            throw DaemonException.failed("%s cannot be read: %s".formatted(kept, Causes.of(e)));
        }
    }

    private static long number(Path version) {
        String name = String.valueOf(version.getFileName());
        return Long.parseLong(name.substring(name.indexOf('-') + 1, name.indexOf('.')));
    }

    private Path version(long number) {
        return history.resolve("inventory-%010d.yaml".formatted(number));
    }

    /** All versions kept, oldest first. */
    private List<Path> versions() throws DaemonException {
        if (!Files.isDirectory(history)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(history)) {
            return entries.filter(entry -> HISTORY_NAME
                            .matcher(String.valueOf(entry.getFileName()))
                            .matches())
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw DaemonException.failed("%s cannot be read: %s".formatted(history, Causes.of(e)));
        }
    }

    /** The newest version that can be understood is what an administrator wants back. */
    private String restoring() throws DaemonException {
        List<Path> newestFirst = new ArrayList<>(versions()).reversed();
        for (Path version : newestFirst) {
            try {
                InventoryYaml.read(version.toString(), new String(Files.readAllBytes(version), StandardCharsets.UTF_8));
                return "nothing was started; to restore the newest good version: cp %s %s".formatted(version, file);
            } catch (IOException | YamlException e) {
                ServiceEvent.INVENTORY_VERSION_DAMAGED.log(LOG, version, Causes.of(e));
            }
        }
        return "nothing was started, and %s has no good version; restore the file from a backup".formatted(history);
    }
}
