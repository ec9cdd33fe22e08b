package dev.kume.cli.daemon;

import dev.kume.cli.alarm.Alarm;
import dev.kume.cli.alert.AlertSettings;
import dev.kume.cli.api.InitiatorView;
import dev.kume.cli.api.SessionView;
import dev.kume.cli.api.StatusView;
import dev.kume.cli.api.TraceView;
import dev.kume.cli.daemon.Settings.PortalSettings;
import dev.kume.cli.guard.UnreservedWriters;
import dev.kume.core.inventory.DiskRecord;
import dev.kume.core.inventory.Inventory;
import dev.kume.core.scsi.BlockGeometry;
import dev.kume.core.scsi.DurableState;
import dev.kume.core.scsi.ModeState;
import dev.kume.core.scsi.UnitState;
import dev.kume.protocol.login.ChapAlgorithm;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A server that remembers what it was told. */
final class FakeExports implements Exports {
    final Map<String, OpenDisk> disks = new ConcurrentHashMap<>();
    final Map<String, UnitState> states = new ConcurrentHashMap<>();
    final List<SessionView> sessions = new CopyOnWriteArrayList<>();

    /** Whoever asks the event loops waits for this one. */
    volatile CompletableFuture<Void> loopsAnswer = CompletableFuture.completedFuture(null);

    final Map<Long, TraceView> traces = new ConcurrentHashMap<>();
    final List<String> writeCaches = new CopyOnWriteArrayList<>();
    final List<InitiatorView> initiators = new CopyOnWriteArrayList<>();
    final CompletableFuture<List<SessionView>> drained = new CompletableFuture<>();
    volatile List<ChapAlgorithm> algorithms = List.of();
    volatile UnreservedWriters unreservedWriters = UnreservedWriters.ALARM;
    volatile AlertSettings alertSettings = AlertSettings.DEFAULTS;
    final List<Alarm> alarms = new CopyOnWriteArrayList<>();
    volatile Set<String> frozen = Set.of();
    volatile List<PortalSettings> opened = List.of();
    volatile Inventory published = Inventory.EMPTY;

    @Override
    public void add(OpenDisk disk) {
        disks.put(disk.record().identity().serial(), disk);
    }

    @Override
    public void remove(DiskRecord disk) {
        disks.remove(disk.identity().serial());
    }

    @Override
    public void writeCache(DiskRecord disk) {
        writeCaches.add(disk.name() + " " + disk.profile().writeCache());
    }

    @Override
    public void offline(DiskRecord disk, String reason) {
        disks.put(disk.identity().serial(), new OpenDisk(disk, null, null, reason));
    }

    @Override
    public void online(OpenDisk disk) {
        add(disk);
    }

    @Override
    public void publish(Inventory inventory) {
        published = inventory;
    }

    @Override
    public @Nullable UnitState unitState(DiskRecord disk) {
        return disks.containsKey(disk.identity().serial())
                ? states.getOrDefault(
                        disk.name(),
                        new UnitState(
                                null,
                                "fake",
                                BlockGeometry.emulated512(disk.sizeBytes()),
                                false,
                                ModeState.DEFAULT,
                                null,
                                DurableState.INITIAL))
                : null;
    }

    @Override
    public void clearReservations(DiskRecord disk) {
        states.computeIfPresent(disk.name(), (name, state) -> state.withDurable(DurableState.INITIAL));
    }

    @Override
    public List<SessionView> sessions() {
        loopsAnswer.join();
        return sessions;
    }

    @Override
    public @Nullable TraceView trace(long id) {
        return traces.get(id);
    }

    @Override
    public boolean logout(long id) {
        return sessions.removeIf(session -> session.id() == id);
    }

    @Override
    public List<InitiatorView> initiators() {
        return initiators;
    }

    @Override
    public void openPortals(List<PortalSettings> portals) {
        opened = portals;
    }

    @Override
    public void chapAlgorithms(List<ChapAlgorithm> algorithms) {
        this.algorithms = algorithms;
    }

    @Override
    public void alerts(AlertSettings changed) {
        alertSettings = changed;
    }

    @Override
    public List<Alarm> alarms() {
        return alarms;
    }

    @Override
    public void unreservedWriters(UnreservedWriters changed) {
        unreservedWriters = changed;
    }

    @Override
    public Set<String> thaw(DiskRecord disk) {
        Set<String> before = frozen;
        frozen = Set.of();
        return before;
    }

    @Override
    public CompletableFuture<List<SessionView>> drain(int seconds, Consumer<List<SessionView>> left) {
        left.accept(List.copyOf(sessions));
        return drained;
    }

    @Override
    public List<StatusView.Portal> portals() {
        return List.of(new StatusView.Portal("iscsi", "127.0.0.1:3260", StatusView.Portal.LISTENING));
    }

    @Override
    public String transport() {
        return "nio";
    }

    void connect(long id, String initiator, String iqn) {
        sessions.add(new SessionView(
                id,
                "normal",
                initiator,
                "400001370000",
                1,
                "10.0.0.9:4711",
                "127.0.0.1:3260",
                null,
                iqn,
                Instant.parse("2026-11-23T07:00:00Z"),
                Map.of("MaxBurstLength", "262144"),
                0,
                1,
                null,
                "None",
                new SessionView.Activity(0, 0, 0, 1, 128, 1, 0, false)));
    }
}
