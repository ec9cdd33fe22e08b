package dev.kume.cli.api;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a backup of the state is of, as its manifest says.
 *
 * @param file             where it is
 * @param created          when it was made
 * @param kume             version of the Kume that made it
 * @param host             name of the host
 * @param schemaVersion    version of the state
 * @param inventoryVersion version of the inventory
 * @param withSecrets      whether secrets are in it
 * @param members          what is in it
 * @param disks            the disks whose images it needs and has not
 */
public record BackupView(
        String file,
        Instant created,
        String kume,
        String host,
        int schemaVersion,
        long inventoryVersion,
        boolean withSecrets,
        List<Member> members,
        List<Disk> disks) {
    public BackupView {
        members = Lists.orEmpty(members);
        disks = Lists.orEmpty(disks);
    }

    /** One file of the state. */
    public record Member(String name, long bytes, String sha256) {}

    /**
     * A disk, and the image that it lay in.
     *
     * @param format     {@code vhd}, {@code vhdx} or {@code raw}
     * @param uniqueId   what the image says it is, in hexadecimal; null when its format says nothing
     * @param imageBytes length of the image; null when it was not there
     */
    public record Disk(
            String name,
            String uuid,
            String naa,
            String file,
            String format,
            long sizeBytes,
            @Nullable String uniqueId,
            @Nullable Long imageBytes) {}
}
