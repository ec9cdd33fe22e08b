package dev.kume.cli.daemon;

import dev.kume.cli.alarm.Alarm;
import dev.kume.cli.alert.AlertSettings;
import dev.kume.cli.api.InitiatorView;
import dev.kume.cli.api.SessionView;
import dev.kume.cli.api.StatusView;
import dev.kume.cli.api.TraceView;
import dev.kume.cli.daemon.ScratchTargets.ScratchTarget;
import dev.kume.cli.daemon.Settings.PortalSettings;
import dev.kume.cli.guard.UnreservedWriters;
import dev.kume.core.inventory.Connections;
import dev.kume.core.inventory.DiskRecord;
import dev.kume.core.inventory.Inventory;
import dev.kume.core.scsi.LogicalUnit;
import dev.kume.core.scsi.NexusActivity;
import dev.kume.core.scsi.UnitState;
import dev.kume.protocol.connection.PortalGroup;
import dev.kume.protocol.login.ChapAlgorithm;
import dev.kume.protocol.server.PortalException;
import dev.kume.protocol.server.ServerFigures;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The running iSCSI server as provisioning drives it. {@link #add}, {@link #remove} and {@link #publish} are called
 * by the provisioning thread, the others by any.
 */
interface Exports {
    /** A disk is there, open or offline. */
    void add(OpenDisk disk);

    /** A disk is gone: waits until no command can reach its file. It is mapped nowhere. */
    void remove(DiskRecord disk);

    /**
     * The write cache of a disk is now as its record says, also where an initiator has switched it: waits until what a
     * cache that is off held is durable.
     */
    void writeCache(DiskRecord disk);

    /** The file of a disk is about to be closed: waits until no command can reach it. Its nexuses hear NOT READY. */
    void offline(DiskRecord disk, String reason);

    /** The file of a disk that was offline is open again. */
    void online(OpenDisk disk);

    /**
     * Refuses a change that lets somebody write a disk while a write of one who may no more is still under way: such a
     * write would come after the new one's. Asked before the change is written down.
     */
    default void check(Inventory now, Inventory next) {}

    /** Targets, access and LUNs are now these: waits until what was taken away can do nothing any more. */
    void publish(Inventory inventory);

    /** What is wrong now, the oldest first. */
    default List<Alarm> alarms() {
        return List.of();
    }

    /** What is done from now on about hosts that write one file system without a reservation. */
    default void unreservedWriters(UnreservedWriters changed) {}

    /** What is worth an alarm from now on. */
    default void alerts(AlertSettings changed) {}

    /** Lets hosts write a disk again that were kept from it for that; their names. */
    default Set<String> thaw(DiskRecord disk) {
        return Set.of();
    }

    /** All sessions, by id; {@code target} is left null. */
    List<SessionView> sessions();

    /** The last PDUs of a session, or null when there is none of this id. */
    @Nullable
    TraceView trace(long id);

    /** Ends a session; false when there is none of this id. */
    boolean logout(long id);

    /** Everybody who has tried, last seen first; {@code connected} and {@code allowedOn} are left empty. */
    List<InitiatorView> initiators();

    /**
     * Makes the portals be these, all or none. What stays is not touched; sessions of what is gone are asked to log
     * out.
     */
    void openPortals(List<PortalSettings> portals) throws PortalException;

    /**
     * Closes the portals and asks every initiator to log out; those that have not done so in time are cut.
     *
     * @param left hears again and again which sessions are left
     * @return those that had to be cut, when nothing of any session is left
     */
    CompletableFuture<List<SessionView>> drain(int seconds, Consumer<List<SessionView>> left);

    /** Logins from now on may use these digests of CHAP. By the provisioning thread. */
    void chapAlgorithms(List<ChapAlgorithm> algorithms);

    /** What a disk's unit is like now; null when the disk has none. */
    @Nullable
    UnitState unitState(DiskRecord disk);

    /** The units of all disks that have one, by the disks' uuids. */
    default Map<UUID, LogicalUnit> units() {
        return Map.of();
    }

    /** What the server as a whole has done and holds. */
    default ServerFigures figures() {
        return ServerFigures.NONE;
    }

    /** What every nexus has read and written of a disk, also those whose sessions have ended. */
    default List<NexusActivity> activity(DiskRecord disk) {
        return List.of();
    }

    /** Percent of the file system that a thin disk takes its space from; null where that is no matter or unknown. */
    default @Nullable Integer freePercent(DiskRecord disk) {
        return null;
    }

    /** What has happened to clusters. */
    default Past past() {
        return new Past(Instant.EPOCH, List.of());
    }

    /**
     * Removes the reservation and all registrations of a disk, whoever holds it; durable when this returns.
     */
    void clearReservations(DiskRecord disk);

    /** Every address listened on. */
    List<StatusView.Portal> portals();

    /** The names of the portals, each once. */
    default List<String> portalNames() {
        return portals().stream().map(StatusView.Portal::name).distinct().toList();
    }

    /** Every iSNS server that is told of the targets. */
    default List<StatusView.IsnsServer> isnsServers() {
        return List.of();
    }

    /** The portal groups that are open, with the addresses that are listened on. */
    default List<PortalGroup> portalGroups() {
        return List.of();
    }

    /** Serves these targets too, beside those of the inventory, until it is told otherwise. In turn. */
    default void publishBeside(List<ScratchTarget> targets) {}

    /** {@code epoll} or {@code nio}. */
    String transport();

    /** Who is connected, for the rules of removing. */
    default Connections connections() {
        return iqn -> sessions().stream()
                .filter(session -> Objects.equals(session.targetIqn(), iqn))
                .map(session -> new Connections.Connected(session.initiator(), PeerAddress.of(session.address())))
                .toList();
    }
}
