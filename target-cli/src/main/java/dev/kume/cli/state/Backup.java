package dev.kume.cli.state;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import dev.kume.cli.api.BackupView;
import dev.kume.cli.archive.ArchiveException;
import dev.kume.cli.archive.ArchiveReader;
import dev.kume.cli.archive.ArchiveWriter;
import dev.kume.cli.files.Causes;
import dev.kume.cli.yaml.YamlException;
import dev.kume.cli.yaml.YamlKeys;
import dev.kume.cli.yaml.YamlWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * A backup: the files of a state, by their places in it, and a manifest with the digest of each. Reservations are in it
 * as {@code units/UUID.state}, the record that the daemon keeps in {@code units/UUID.slots}; the settings as {@code
 * kume.yaml}, which is no part of the state.
 *
 * @param about the manifest
 * @param files by name, without the manifest
 */
public record Backup(BackupView about, Map<String, byte[]> files) {
    private static final String MANIFEST = "manifest.yaml";
    private static final int FORMAT = 1;
    private static final long PACKED_BYTES_MAX = ArchiveReader.BYTES_MAX;

    /** Version of the state that a daemon of this Kume has. */
    public static int schemaVersion() {
        return VersionFile.SCHEMA;
    }

    /** Whether a file of this name may be in a backup; one that may not has no place where it is restored. */
    public static boolean hasPlaceFor(String name) {
        return StateRestore.isPlaceOf(name);
    }

    /** Whether a new backup may have this place in a folder of its own: not among the files of the state itself. */
    public static boolean isOutside(Path state, Path file) {
        if (!file.startsWith(state) || file.equals(state)) {
            return true;
        }
        String first = String.valueOf(state.relativize(file).getName(0));
        return !StateContents.ENTRIES.contains(first);
    }

    /** The members of these files, for a manifest. */
    public static List<BackupView.Member> members(Map<String, byte[]> files) {
        List<BackupView.Member> members = new ArrayList<>();
        files.forEach((name, content) -> members.add(new BackupView.Member(name, content.length, sha256(content))));
        return members;
    }

    // ---- writing ----------------------------------------------------------------------------------------------------

    /** The whole file. */
    public byte[] pack() throws IOException {
        ArchiveWriter archive = new ArchiveWriter(about.created());
        archive.add(MANIFEST, manifest().getBytes(StandardCharsets.UTF_8));
        for (Map.Entry<String, byte[]> file : files.entrySet()) {
            archive.add(file.getKey(), file.getValue());
        }
        return archive.finish();
    }

    private String manifest() {
        return YamlWriter.document(
                out -> {
                    out.writeNumberField("format", FORMAT);
                    out.writeNumberField("schemaVersion", about.schemaVersion());
                    out.writeStringField("kume", about.kume());
                    out.writeStringField("host", about.host());
                    out.writeStringField("created", about.created().toString());
                    out.writeNumberField("inventoryVersion", about.inventoryVersion());
                    out.writeBooleanField("withSecrets", about.withSecrets());
                    out.writeArrayFieldStart("files");
                    for (BackupView.Member member : about.members()) {
                        out.writeStartObject();
                        out.writeStringField("name", member.name());
                        out.writeNumberField("bytes", member.bytes());
                        out.writeStringField("sha256", member.sha256());
                        out.writeEndObject();
                    }
                    out.writeEndArray();
                    out.writeArrayFieldStart("disks");
                    for (BackupView.Disk disk : about.disks()) {
                        write(out, disk);
                    }
                    out.writeEndArray();
                },
                YAMLGenerator.Feature.INDENT_ARRAYS_WITH_INDICATOR);
    }

    private static void write(JsonGenerator out, BackupView.Disk disk) throws IOException {
        out.writeStartObject();
        out.writeStringField("name", disk.name());
        out.writeStringField("uuid", disk.uuid());
        out.writeStringField("naa", disk.naa());
        out.writeStringField("file", disk.file());
        out.writeStringField("format", disk.format());
        out.writeNumberField("sizeBytes", disk.sizeBytes());
        if (disk.uniqueId() != null) {
            out.writeStringField("uniqueId", disk.uniqueId());
        }
        if (disk.imageBytes() != null) {
            out.writeNumberField("imageBytes", disk.imageBytes());
        }
        out.writeEndObject();
    }

    // ---- reading ----------------------------------------------------------------------------------------------------

    /** Reads a backup and checks every member of it; it is taken whole or not at all. */
    public static Backup read(Path file) throws StateException {
        byte[] packed;
        try {
            if (Files.size(file) > PACKED_BYTES_MAX) {
                throw new StateException("%s has more than %d bytes, which no backup has; name a file that 'kume state"
                                .formatted(file, PACKED_BYTES_MAX)
                        + " backup' has made");
            }
            packed = Files.readAllBytes(file);
        } catch (IOException e) {
            throw new StateException("the backup %s cannot be read: %s; give its path, as a user who may read it"
                    .formatted(file, Causes.of(e)));
        }
        try {
            return read(file, ArchiveReader.read(packed));
        } catch (ArchiveException e) {
            throw damaged(file, e.getMessage());
        }
    }

    private static StateException damaged(Path file, String why) {
        return new StateException(
                "the backup %s cannot be used: %s; nothing was changed: take another backup".formatted(file, why));
    }

    private static Backup read(Path file, Map<String, byte[]> members) throws StateException {
        Map<String, byte[]> files = new LinkedHashMap<>(members);
        byte[] manifest = files.remove(MANIFEST);
        if (manifest == null) {
            throw damaged(file, "it has no manifest");
        }
        BackupView about;
        try {
            about = manifest(file, new String(manifest, StandardCharsets.UTF_8));
        } catch (YamlException e) {
            throw damaged(file, e.getMessage());
        }
        Set<String> named = new HashSet<>();
        for (BackupView.Member member : about.members()) {
            byte[] content = files.get(member.name());
            if (content == null || !named.add(member.name())) {
                throw damaged(file, "it has %s not once".formatted(member.name()));
            }
            if (content.length != member.bytes() || !sha256(content).equals(member.sha256())) {
                throw damaged(file, "%s is not what it was".formatted(member.name()));
            }
            if (!StateRestore.isPlaceOf(member.name())) {
                throw damaged(file, "%s is no part of a state".formatted(member.name()));
            }
        }
        if (!named.equals(files.keySet())) {
            throw damaged(file, "it has files that its manifest does not name");
        }
        if (!named.contains("inventory.yaml") && about.inventoryVersion() > 0) {
            throw damaged(file, "it has no inventory");
        }
        return new Backup(about, files);
    }

    private static BackupView manifest(Path file, String text) throws YamlException, StateException {
        YamlKeys root = YamlKeys.document(MANIFEST, text);
        int format = (int) root.number("format", 1, Integer.MAX_VALUE);
        int schema = (int) root.number("schemaVersion", 1, Integer.MAX_VALUE);
        String kume = root.text("kume");
        if (format > FORMAT || schema > VersionFile.SCHEMA) {
            throw new StateException(
                    "the backup %s was made by Kume %s, of a state of schema version %d; this Kume knows versions up to %d: restore it with that Kume or a newer one"
                            .formatted(file, kume, schema, VersionFile.SCHEMA));
        }
        String host = root.text("host");
        Instant created = root.parsed("created", Backup::instant);
        long inventoryVersion = root.number("inventoryVersion", 0, Long.MAX_VALUE);
        boolean withSecrets = root.truth("withSecrets");
        List<BackupView.Member> members = new ArrayList<>();
        for (YamlKeys keys : root.blocks("files")) {
            members.add(new BackupView.Member(
                    keys.text("name"), keys.number("bytes", 0, Long.MAX_VALUE), keys.text("sha256")));
            keys.end();
        }
        List<BackupView.Disk> disks = new ArrayList<>();
        for (YamlKeys keys : root.blocks("disks")) {
            disks.add(new BackupView.Disk(
                    keys.text("name"),
                    keys.text("uuid"),
                    keys.text("naa"),
                    keys.text("file"),
                    keys.text("format"),
                    keys.number("sizeBytes", 0, Long.MAX_VALUE),
                    keys.optionalParsed("uniqueId", Function.identity()),
                    keys.optionalNumber("imageBytes", 0, Long.MAX_VALUE)));
            keys.end();
        }
        root.end();
        return new BackupView(
                file.toString(), created, kume, host, schema, inventoryVersion, withSecrets, members, disks);
    }

    private static Instant instant(String text) {
        try {
            return Instant.parse(text);
        } catch (DateTimeException e) {
            throw new IllegalArgumentException("'%s' is not a time".formatted(text), e);
        }
    }

    private static String sha256(byte[] content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
