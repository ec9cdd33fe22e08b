package dev.kume.cli.config;

import dev.kume.core.Limits;
import dev.kume.core.Sizes;
import dev.kume.core.inventory.Connections;
import dev.kume.core.inventory.DiskIdentity;
import dev.kume.core.inventory.DiskLayers;
import dev.kume.core.inventory.DiskRecord;
import dev.kume.core.inventory.Inventory;
import dev.kume.core.inventory.SectorFormat;
import dev.kume.core.inventory.Sharing;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;

/** A daemon without files: every disk can be made. */
final class FakeSurroundings implements Surroundings {
    static final Instant NOW = Instant.parse("2026-11-23T08:00:00Z");

    final Set<String> secrets = new HashSet<>();
    private final SplittableRandom random = new SplittableRandom(5);

    @Override
    public String iqnOf(String target) {
        return "iqn.2026-11.dev.kume:store1-" + target.toLowerCase(Locale.ROOT);
    }

    @Override
    public DiskRecord newDisk(ConfigDocument.Disk disk, Sharing sharing) {
        String format = Objects.requireNonNullElse(disk.format(), "vhd");
        String type = Objects.requireNonNullElse(disk.type(), "fixed");
        DiskIdentity identity = disk.identity() == null ? Inventory.EMPTY.newIdentity(random) : disk.identity();
        return new DiskRecord(
                disk.name(),
                Objects.requireNonNullElse(disk.file(), "/srv/kume/" + disk.name() + "." + format),
                format,
                type,
                Sizes.parse(String.valueOf(disk.size())),
                !type.equals("fixed") || Boolean.TRUE.equals(disk.sparse()),
                sharing,
                Objects.requireNonNullElse(disk.sectors(), SectorFormat.EMULATED_512),
                disk.profile(),
                disk.description(),
                identity,
                NOW,
                DiskLayers.NONE);
    }

    @Override
    public List<String> portals() {
        return List.of("iscsi", "backup");
    }

    @Override
    public String redirect(String text) {
        return text;
    }

    @Override
    public Secret secret(String credential) {
        return secrets.contains(credential) ? Secret.NEW : Secret.NOT_GIVEN;
    }

    @Override
    public Instant now() {
        return NOW;
    }

    @Override
    public Limits limits() {
        return Limits.DEFAULTS;
    }

    @Override
    public Connections connections() {
        return Connections.NONE;
    }
}
