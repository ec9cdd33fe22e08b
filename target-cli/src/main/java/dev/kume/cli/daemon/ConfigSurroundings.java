package dev.kume.cli.daemon;

import dev.kume.cli.api.DiskCreate;
import dev.kume.cli.api.ErrorCode;
import dev.kume.cli.config.ConfigDocument;
import dev.kume.cli.config.Surroundings;
import dev.kume.core.Clock;
import dev.kume.core.Limits;
import dev.kume.core.inventory.Connections;
import dev.kume.core.inventory.CredentialRecord;
import dev.kume.core.inventory.DiskIdentity;
import dev.kume.core.inventory.DiskLayers;
import dev.kume.core.inventory.DiskRecord;
import dev.kume.core.inventory.Inventory;
import dev.kume.core.inventory.InventoryException;
import dev.kume.core.inventory.SectorFormat;
import dev.kume.core.inventory.Sharing;
import dev.kume.core.inventory.Targets;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.function.UnaryOperator;

/** The daemon as a desired state is resolved in it, and what is to be made for it. For one resolution, in turn. */
final class ConfigSurroundings implements Surroundings {
    /** What does not change from one resolution to the next. */
    record Daemon(
            Settings settings,
            String host,
            Clock clock,
            Exports exports,
            SecretShelf secrets,
            DiskPlanning planning,
            DiskAdoption adoption,
            UnaryOperator<String> redirects) {}

    private final Daemon daemon;
    private final Inventory now;
    private final Map<String, byte[]> given;
    private final Map<UUID, DiskPlanning.Plan> made = new HashMap<>();
    private final List<DiskRecord> adopted = new ArrayList<>();

    /** @param given secrets by the names of their credentials in lower case */
    ConfigSurroundings(Daemon daemon, Inventory now, Map<String, byte[]> given) {
        this.daemon = daemon;
        this.now = now;
        this.given = given;
    }

    /** The disks for which files are to be made, by uuid. */
    Map<UUID, DiskPlanning.Plan> made() {
        return made;
    }

    /** The disks whose files are there and are taken over. */
    List<DiskRecord> adopted() {
        return adopted;
    }

    @Override
    public String iqnOf(String target) {
        Settings settings = daemon.settings();
        return Targets.defaultIqn(settings.iqnPrefix(), daemon.host(), target);
    }

    @Override
    public DiskRecord newDisk(ConfigDocument.Disk disk, Sharing sharing) {
        try {
            return disk.identity() == null ? make(disk, sharing) : adopt(disk, disk.identity(), sharing);
        } catch (ApiException e) {
            InventoryException.Kind kind = switch (e.error().code()) {
                case INVALID -> InventoryException.Kind.INVALID;
                case NOT_FOUND -> InventoryException.Kind.NOT_FOUND;
                case CONFLICT -> InventoryException.Kind.CONFLICT;
                case GUARD -> InventoryException.Kind.GUARD;
                case BUSY -> InventoryException.Kind.BUSY;
                case LIMIT -> InventoryException.Kind.LIMIT;
                case FAILED,
                        NO_SPACE,
                        UNSUPPORTED,
                        STOPPING,
                        UNREACHABLE,
                        NOT_AUTHORISED,
                        FORBIDDEN,
                        TIMED_OUT,
                        CANCELLED -> throw e;
            };
            throw new InventoryException(kind, e.error().message(), e.error().remedy());
        }
    }

    private DiskRecord make(ConfigDocument.Disk disk, Sharing sharing) {
        if ("differencing".equals(disk.type())) {
            throw new ApiException(
                    ErrorCode.INVALID,
                    "disk '%s' would be a differencing one, which no plan makes".formatted(disk.name()),
                    "make it with 'kume disk create %s --parent DISK' first".formatted(disk.name()));
        }
        SectorFormat sectors = disk.sectors();
        DiskPlanning.Plan plan = daemon.planning()
                .plan(new DiskCreate(
                        disk.name(),
                        disk.size(),
                        disk.file(),
                        disk.format(),
                        disk.type(),
                        disk.sparse(),
                        null,
                        disk.blockSizeMb(),
                        sharing.word(),
                        sectors == null ? null : sectors.word(),
                        null,
                        null,
                        disk.profile().writeCache(),
                        disk.profile().rotation(),
                        disk.profile().vendor(),
                        disk.profile().product(),
                        disk.description()));
        made.put(plan.disk().identity().uuid(), plan);
        return plan.disk();
    }

    private DiskRecord adopt(ConfigDocument.Disk disk, DiskIdentity identity, Sharing sharing) {
        String file =
                Requests.absolutePath(Requests.required("file", disk.file())).toString();
        DiskRecord record = daemon.adoption()
                .adopt(new DiskRecord(
                        disk.name(),
                        file,
                        Objects.requireNonNullElse(disk.format(), "vhd"),
                        Objects.requireNonNullElse(disk.type(), "fixed"),
                        disk.sizeBytes(),
                        Boolean.TRUE.equals(disk.sparse()),
                        sharing,
                        Objects.requireNonNullElse(disk.sectors(), SectorFormat.EMULATED_512),
                        disk.profile(),
                        disk.description(),
                        identity,
                        daemon.clock().now(),
                        DiskLayers.NONE));
        adopted.add(record);
        return record;
    }

    @Override
    public List<String> portals() {
        return daemon.exports().portalNames();
    }

    @Override
    public String redirect(String text) {
        try {
            return daemon.redirects().apply(text);
        } catch (ApiException e) {
            throw new InventoryException(
                    InventoryException.Kind.INVALID,
                    e.error().message(),
                    e.error().remedy());
        }
    }

    @Override
    public Secret secret(String credential) {
        byte[] secret = given.get(credential.toLowerCase(Locale.ROOT));
        if (secret == null) {
            return Secret.NOT_GIVEN;
        }
        CredentialRecord known = now.findCredential(credential);
        byte[] there = known == null ? null : daemon.secrets().secret(known);
        return there != null && MessageDigest.isEqual(there, secret) ? Secret.SAME : Secret.NEW;
    }

    @Override
    public Instant now() {
        return daemon.clock().now();
    }

    @Override
    public Limits limits() {
        return daemon.settings().limits();
    }

    @Override
    public Connections connections() {
        return daemon.exports().connections();
    }
}
