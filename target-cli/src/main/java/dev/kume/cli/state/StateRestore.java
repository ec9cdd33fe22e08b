package dev.kume.cli.state;

import dev.kume.cli.api.BackupView;
import dev.kume.cli.files.Causes;
import dev.kume.core.memory.SlotFile;
import dev.kume.core.store.BackingStore;
import dev.kume.core.store.StoreLockedException;
import dev.kume.core.store.StoreProvider;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileOwnerAttributeView;
import java.nio.file.attribute.UserPrincipal;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Puts a backup into a state directory that no daemon has. While it does, {@code version.yaml} says so, and no daemon
 * starts with what is not whole; what was there before goes aside, and nothing is deleted.
 */
public final class StateRestore {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);
    private static final String SETTINGS = "kume.yaml";
    private static final String LOCK = "lock";
    private static final Pattern PLACE = Pattern.compile(
            "inventory\\.yaml|target-ports\\.yaml|initiators\\.yaml|cluster-keys\\.yaml|tokens\\.yaml|kume\\.yaml"
                    + "|history/inventory-[0-9]{10}\\.yaml|units/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\\.state"
                    + "|secrets/[A-Za-z0-9][A-Za-z0-9._-]*|tls/server\\.(pem|key)");
    private static final Pattern UNITS = Pattern.compile("(?m)^units: true\\R");

    private final Path state;
    private final StateFiles files;
    private final StoreProvider stores;

    public StateRestore(Path state, StateFiles files, StoreProvider stores) {
        this.state = state;
        this.files = files;
        this.stores = stores;
    }

    /** Whether a member of a backup has a place in a state, or is the settings. */
    static boolean isPlaceOf(String member) {
        return PLACE.matcher(member).matches();
    }

    /** What is not as it was when the backup was made, a sentence each; nothing of it forbids a restore. */
    public static List<String> warnings(Backup backup) {
        List<String> warnings = new ArrayList<>();
        for (BackupView.Disk disk : backup.about().disks()) {
            String difference = difference(disk);
            if (difference != null) {
                warnings.add("disk '%s': %s %s".formatted(disk.name(), disk.file(), difference));
            }
            if (!backup.files().containsKey("units/" + disk.uuid() + ".state")) {
                warnings.add(
                        "disk '%s': its reservations were not known when the backup was made".formatted(disk.name()));
            }
        }
        if (!backup.about().withSecrets()) {
            warnings.add("secrets are not in the backup: give credentials new ones with 'kume credential set', and make"
                    + " new tokens");
        }
        return warnings;
    }

    private static @Nullable String difference(BackupView.Disk disk) {
        ImageSight sight;
        try {
            sight = ImageSight.of(Path.of(disk.file()));
        } catch (NoSuchFileException e) {
            return "is not there; bring it back before the start, or the disk is offline";
        } catch (IOException | RuntimeException e) {
            return "cannot be read: " + (e instanceof IOException failed ? Causes.of(failed) : e.getMessage());
        }
        if (!disk.format().equals("raw") && !disk.format().equals(sight.format())) {
            return "is no %s any more".formatted(disk.format());
        }
        if (disk.uniqueId() != null && !disk.uniqueId().equals(sight.uniqueId())) {
            return "is another image: its unique id is %s, and was %s".formatted(sight.uniqueId(), disk.uniqueId());
        }
        if (disk.format().equals("raw") && disk.imageBytes() != null && disk.imageBytes() != sight.bytes()) {
            return "has %d bytes, and had %d".formatted(sight.bytes(), disk.imageBytes());
        }
        return null;
    }

    /** The files and folders that would go aside. */
    public List<Path> replaced() {
        return StateContents.present(state);
    }

    /** Refuses a directory that has a state already. */
    public void checkEmpty() throws StateException {
        if (!replaced().isEmpty()) {
            throw new StateException(
                    "%s has a state already (%s); name another directory, or repeat with --force, which keeps that one in %s"
                            .formatted(
                                    state, replaced().getFirst().getFileName(), state.resolve(StateContents.BACKUP)));
        }
    }

    /**
     * Restores. When this throws, the directory says that it is not whole, or is as it was.
     *
     * @param reservations false to begin without reservations, and without the mode pages that hosts have saved
     * @return where the state that was there is; null when there was none
     */
    public @Nullable Path run(Backup backup, boolean reservations, boolean force, Instant now) throws StateException {
        BackingStore lock;
        try {
            StateContents.create(state);
            lock = lock();
        } catch (IOException e) {
            throw failed(e);
        }
        try (lock) {
            own(state.resolve(LOCK));
            VersionFile version = VersionFile.find(state);
            boolean interrupted = version != null && version.unfinished() != null;
            if (!force && !interrupted) {
                checkEmpty();
            }
            write(new VersionFile(
                    VersionFile.SCHEMA, backup.about().kume(), backup.about().file()));
            Path aside = putAside(now);
            if (aside != null && version != null && !interrupted) {
                version.write(aside, files); // With its version the old state could be put back.
            }
            for (Map.Entry<String, byte[]> file : backup.files().entrySet()) {
                put(file.getKey(), file.getValue(), reservations);
            }
            syncAll();
            giveToOwner();
            write(new VersionFile(backup.about().schemaVersion(), backup.about().kume(), null));
            return aside;
        } catch (IOException e) {
            throw failed(e);
        }
    }

    private void write(VersionFile version) throws IOException {
        version.write(state, files);
        own(state.resolve(VersionFile.NAME));
    }

    private StateException failed(IOException e) {
        return new StateException(
                "the backup could not be restored into %s: %s; make room there, or run it as the owner, and repeat it"
                        .formatted(state, Causes.of(e)));
    }

    private BackingStore lock() throws IOException, StateException {
        Path file = state.resolve(LOCK);
        try {
            return Files.exists(file) ? stores.open(file, false) : stores.create(file);
        } catch (StoreLockedException e) {
            throw new StateException("a daemon runs with the state in %s; stop it first".formatted(state));
        }
    }

    private @Nullable Path putAside(Instant now) throws IOException {
        List<Path> present = replaced();
        if (present.isEmpty()) {
            return null;
        }
        Path backup = state.resolve(StateContents.BACKUP);
        Path aside = backup.resolve("before-restore-" + TIME.format(now));
        for (int i = 2; Files.exists(aside); i++) {
            aside = backup.resolve("before-restore-" + TIME.format(now) + "-" + i);
        }
        StateContents.create(aside);
        for (Path entry : present) {
            files.replace(entry, aside.resolve(Objects.requireNonNull(entry.getFileName())));
        }
        files.syncDirectory(aside);
        files.syncDirectory(backup);
        files.syncDirectory(state);
        return aside;
    }

    private void put(String name, byte[] content, boolean reservations) throws IOException {
        if (name.equals(SETTINGS)) {
            return;
        }
        Path place = state.resolve(name);
        StateContents.create(Objects.requireNonNull(place.getParent()));
        if (!name.startsWith("units/")) {
            boolean forgets = !reservations && name.equals("inventory.yaml");
            files.writePrivate(place, forgets ? withoutUnits(content) : content);
        } else if (reservations) {
            String unit = String.valueOf(place.getFileName()).replace(".state", "");
            try (BackingStore store = stores.create(place.resolveSibling(unit + ".slots"))) {
                SlotFile.create(store, UUID.fromString(unit), content);
            }
        }
    }

    /** An inventory that does not say that its units have memories is one whose units get new ones at the start. */
    private static byte[] withoutUnits(byte[] inventory) {
        String text = new String(inventory, StandardCharsets.UTF_8);
        return UNITS.matcher(text).replaceFirst("").getBytes(StandardCharsets.UTF_8);
    }

    private void syncAll() throws IOException {
        for (Path entry : replaced()) {
            if (Files.isDirectory(entry)) {
                files.syncDirectory(entry);
            }
        }
        files.syncDirectory(state);
    }

    /** What root restores the user of the daemon has to read. */
    private void giveToOwner() throws IOException {
        List<Path> entries = new ArrayList<>(replaced());
        entries.add(state.resolve(StateContents.BACKUP));
        for (Path entry : entries) {
            if (Files.exists(entry, LinkOption.NOFOLLOW_LINKS)) {
                try (Stream<Path> below = Files.walk(entry)) {
                    for (Path each : below.toList()) {
                        own(each);
                    }
                }
            }
        }
    }

    /** Never through a link: where it leads is no part of the state, and root could give away anything in that way. */
    private void own(Path file) throws IOException {
        UserPrincipal owner = Files.getOwner(state);
        if (!Files.getOwner(file, LinkOption.NOFOLLOW_LINKS).equals(owner)) {
            Files.getFileAttributeView(file, FileOwnerAttributeView.class, LinkOption.NOFOLLOW_LINKS)
                    .setOwner(owner);
        }
    }
}
