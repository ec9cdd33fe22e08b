package dev.kume.cli.daemon;

import dev.kume.cli.alarm.Alarm;
import dev.kume.cli.api.AlarmView;
import dev.kume.cli.api.DiskView;
import dev.kume.cli.api.InitiatorView;
import dev.kume.cli.api.MappingView;
import dev.kume.cli.api.SessionView;
import dev.kume.cli.api.TargetView;
import dev.kume.core.Sizes;
import dev.kume.core.disk.Chain;
import dev.kume.core.disk.MappedDisk;
import dev.kume.core.inventory.DiskRecord;
import dev.kume.core.inventory.Disks;
import dev.kume.core.inventory.Inventory;
import dev.kume.core.inventory.Mapping;
import dev.kume.core.inventory.TargetRecord;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The inventory and the sessions of one moment, as clients see them. */
final class Views {
    private final Inventory inventory;
    private final DiskShelf shelf;
    private final List<AlarmView> alarms;
    private final List<SessionView> sessions;
    private final Map<String, List<SessionView>> sessionsByIqn = new HashMap<>();
    private final Map<String, List<Mapping>> mappingsByDisk = new HashMap<>();
    private final Map<String, List<Mapping>> mappingsByTarget = new HashMap<>();

    Views(Inventory inventory, DiskShelf shelf, List<SessionView> sessions) {
        this(inventory, shelf, sessions, List.of());
    }

    Views(Inventory inventory, DiskShelf shelf, List<SessionView> sessions, List<Alarm> alarms) {
        this.inventory = inventory;
        this.alarms = AlarmFacts.views(alarms, inventory);
        this.shelf = shelf;
        this.sessions = sessions.stream().map(this::named).toList();
        for (SessionView session : this.sessions) {
            if (session.targetIqn() != null) {
                sessionsByIqn
                        .computeIfAbsent(session.targetIqn(), iqn -> new ArrayList<>())
                        .add(session);
            }
        }
        for (Mapping mapping : inventory.mappings()) {
            mappingsByDisk
                    .computeIfAbsent(mapping.disk(), name -> new ArrayList<>())
                    .add(mapping);
            mappingsByTarget
                    .computeIfAbsent(mapping.target(), name -> new ArrayList<>())
                    .add(mapping);
        }
    }

    List<SessionView> sessions() {
        return sessions;
    }

    DiskView disk(DiskRecord disk) {
        List<DiskView.Access> accessBy = accessBy(disk);
        OpenDisk opened = shelf.find(disk);
        return new DiskView(
                disk.name(),
                Sizes.format(disk.sizeBytes()),
                disk.sizeBytes(),
                shelf.allocatedBytes(disk),
                disk.format(),
                disk.type(),
                disk.sparse(),
                disk.file(),
                disk.sharing().word(),
                status(disk),
                opened == null ? null : opened.offlineReason(),
                disk.description(),
                new DiskView.Identity(
                        disk.identity().serial(),
                        disk.identity().naa(),
                        disk.identity().uuid().toString()),
                new DiskView.Sector(
                        disk.sectorFormat().word(),
                        disk.sectorFormat().logicalBytes(),
                        disk.sectorFormat().physicalBytes()),
                new DiskView.Device(
                        disk.profile().writeCache(),
                        disk.profile().rotation(),
                        disk.profile().vendor(),
                        disk.profile().product()),
                layout(disk, opened),
                accessBy,
                disk.created(),
                alarms.stream()
                        .filter(alarm -> disk.name().equals(alarm.disk()))
                        .toList());
    }

    private DiskView.Layout layout(DiskRecord disk, @Nullable OpenDisk opened) {
        Chain chain = opened == null ? null : opened.chain();
        List<String> parents = new ArrayList<>();
        for (Chain at = chain == null ? null : chain.parent(); at != null; at = at.parent()) {
            parents.add(at.file().toString());
        }
        DiskRecord parent = Disks.parentOf(inventory, disk);
        return new DiskView.Layout(
                chain == null ? null : chain.store().sizeBytes(),
                chain != null && chain.disk() instanceof MappedDisk mapped ? mapped.blockBytes() : null,
                parents,
                parent == null ? null : parent.name(),
                disk.layers().snapshots().size());
    }

    String status(DiskRecord disk) {
        OpenDisk opened = shelf.find(disk);
        if (opened != null && opened.offlineReason() != null) {
            return DiskView.OFFLINE;
        }
        boolean reached = mappingsByDisk.getOrDefault(disk.name(), List.of()).stream()
                .map(mapping -> inventory.target(mapping.target()))
                .anyMatch(target -> sessionsByIqn.containsKey(target.iqn()));
        return reached ? DiskView.IN_USE : DiskView.IDLE;
    }

    private List<DiskView.Access> accessBy(DiskRecord disk) {
        List<DiskView.Access> accessBy = new ArrayList<>();
        for (Mapping mapping : mappingsByDisk.getOrDefault(disk.name(), List.of())) {
            TargetRecord target = inventory.target(mapping.target());
            List<String> initiators = sessionsByIqn.getOrDefault(target.iqn(), List.of()).stream()
                    .map(SessionView::initiator)
                    .distinct()
                    .sorted()
                    .toList();
            accessBy.add(
                    new DiskView.Access(target.name(), target.iqn(), mapping.lun(), mapping.readOnly(), initiators));
        }
        return accessBy;
    }

    TargetView target(TargetRecord target) {
        List<SessionView> connected = sessionsByIqn.getOrDefault(target.iqn(), List.of());
        List<TargetView.Lun> luns = new ArrayList<>();
        for (Mapping mapping : mappingsByTarget.getOrDefault(target.name(), List.of())) {
            DiskRecord disk = inventory.disk(mapping.disk());
            luns.add(new TargetView.Lun(
                    mapping.lun(),
                    disk.name(),
                    Sizes.format(disk.sizeBytes()),
                    disk.sizeBytes(),
                    status(disk),
                    mapping.readOnly()));
        }
        String status = !target.enabled()
                ? TargetView.DISABLED
                : connected.isEmpty() ? TargetView.NOT_CONNECTED : TargetView.CONNECTED;
        return new TargetView(
                target.name(),
                target.iqn(),
                target.description(),
                target.enabled(),
                status,
                target.initiators(),
                target.chap().incoming(),
                target.chap().mutual(),
                target.chapOf().entrySet().stream()
                        .map(entry -> new TargetView.OwnChap(
                                entry.getKey(),
                                entry.getValue().incoming(),
                                entry.getValue().mutual()))
                        .toList(),
                target.portals(),
                target.redirect(),
                luns,
                connected.stream()
                        .map(session -> new TargetView.Connected(
                                session.id(), session.initiator(), withoutPort(session.address())))
                        .toList(),
                target.created());
    }

    MappingView mapping(Mapping mapping) {
        return new MappingView(
                mapping.disk(),
                mapping.target(),
                inventory.target(mapping.target()).iqn(),
                mapping.lun(),
                mapping.readOnly());
    }

    InitiatorView initiator(InitiatorView seen) {
        boolean connected = sessions.stream()
                .anyMatch(session ->
                        session.targetIqn() != null && session.initiator().equals(seen.name()));
        List<String> allowedOn = inventory.targets().stream()
                .filter(target -> target.allows(seen.name(), PeerAddress.of(seen.address())))
                .map(TargetRecord::name)
                .toList();
        return new InitiatorView(
                seen.name(),
                seen.address(),
                seen.firstSeen(),
                seen.lastSeen(),
                seen.lastTarget(),
                seen.outcome(),
                seen.reason(),
                seen.failures(),
                connected,
                allowedOn);
    }

    Inventory inventory() {
        return inventory;
    }

    Collection<DiskRecord> disks() {
        return inventory.disks();
    }

    private SessionView named(SessionView session) {
        return new SessionView(
                session.id(),
                session.type(),
                session.initiator(),
                session.isid(),
                session.tsih(),
                session.address(),
                session.portal(),
                nameOf(session.targetIqn()),
                session.targetIqn(),
                session.since(),
                session.negotiated(),
                session.commandsOutstanding(),
                session.portalGroupTag(),
                session.initiatorAlias(),
                session.authentication(),
                session.activity());
    }

    private @Nullable String nameOf(@Nullable String iqn) {
        TargetRecord target = iqn == null ? null : inventory.findTargetByIqn(iqn);
        return target == null ? null : target.name();
    }

    private static String withoutPort(String address) {
        int colon = address.lastIndexOf(':');
        return Objects.requireNonNull(colon < 0 ? address : address.substring(0, colon));
    }
}
