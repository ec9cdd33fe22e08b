package dev.kume.cli.guard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.cli.alarm.Alarm;
import dev.kume.cli.alarm.AlarmLines;
import dev.kume.cli.alarm.Alarms;
import dev.kume.core.Clock;
import dev.kume.core.volume.Volume;
import dev.kume.core.volume.VolumeKind;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Two hosts that write one file system side by side raise an alarm; everything that only looks like it does not. A
 * script is a line of steps, one second apart:
 *
 * <pre>
 * A B    the host writes (a1 a2: paths of host A)     AB   both write in this second
 * R r    somebody reserves the disk, or releases it   k    somebody registers a key
 * - x    a host logs out: -A                          +A   a host logs in
 * .      nothing happens                              60   so many seconds in which nothing happens
 * </pre>
 */
final class WriterGuardTest {
    private static final UUID ID = new UUID(1, 2);

    private final AlarmLines log = new AlarmLines();
    private final FakeDisk disk = new FakeDisk();
    private long nowNanos = TimeUnit.HOURS.toNanos(1);
    private final Alarms alarms = new Alarms(
            new Clock() {
                @Override
                public long nanoTime() {
                    return nowNanos;
                }

                @Override
                public Instant now() {
                    return Instant.EPOCH.plusNanos(nowNanos);
                }
            },
            log);
    private final WriterGuard guard = new WriterGuard(ID, disk, alarms);
    private UnreservedWriters mode = UnreservedWriters.ALARM;

    /** A disk whose writes are what a script says; times are as a unit tells them. */
    private final class FakeDisk implements WatchedDisk {
        boolean shared = true;
        boolean reserved;
        int changes;
        List<Volume> volumes = List.of(new Volume(VolumeKind.NTFS, 2));
        int reads;
        final Set<String> hosts = new LinkedHashSet<>(List.of("A", "B"));
        final Map<String, WriteTurns.Write> writes = new LinkedHashMap<>();
        Set<String> frozen = Set.of();

        @Override
        public String name() {
            return "vms";
        }

        @Override
        public boolean isShared() {
            return shared;
        }

        @Override
        public boolean isReserved() {
            return reserved;
        }

        @Override
        public Object reservations() {
            return changes;
        }

        @Override
        public List<String> hosts() {
            return List.copyOf(hosts);
        }

        @Override
        public List<WriteTurns.Write> writes() {
            return List.copyOf(writes.values());
        }

        @Override
        public void findVolumes(Consumer<List<Volume>> found) {
            reads++;
            found.accept(volumes);
        }

        @Override
        public void freeze(Set<String> changed) {
            frozen = changed;
        }

        void write(String path) {
            String host = path.substring(0, 1).toUpperCase(java.util.Locale.ROOT);
            if (frozen.contains(host)) {
                return;
            }
            nowNanos += 1_000_000;
            WriteTurns.Write before = writes.get(path);
            boolean goesOn = before != null && nowNanos - before.lastNanos() <= TimeUnit.SECONDS.toNanos(5);
            writes.put(path, new WriteTurns.Write(host, goesOn ? before.sinceNanos() : nowNanos, nowNanos));
        }
    }

    private void play(String script) {
        for (String step : script.split(" ")) {
            switch (step.charAt(0)) {
                case 'R', 'r' -> {
                    disk.reserved = step.charAt(0) == 'R';
                    disk.changes++;
                    step(step.substring(1));
                }
                case 'k' -> disk.changes++;
                case '-' -> disk.hosts.remove(step.substring(1));
                case '+' -> disk.hosts.add(step.substring(1));
                case '.' -> {}
                default -> step(step);
            }
            guard.look(mode, nowNanos);
            nowNanos += TimeUnit.SECONDS.toNanos(1);
        }
    }

    private void step(String step) {
        if (!step.isEmpty() && Character.isDigit(step.charAt(0))) {
            nowNanos += TimeUnit.SECONDS.toNanos(Integer.parseInt(step) - 1L);
            return;
        }
        for (int i = 0; i < step.length(); i++) {
            boolean numbered = i + 1 < step.length() && Character.isDigit(step.charAt(i + 1));
            disk.write(step.substring(i, numbered ? i + 2 : i + 1));
            i += numbered ? 1 : 0;
        }
    }

    private boolean alarm() {
        return !alarms.list().isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "alternating in one second, ABAB",
        "first and again, A B A",
        "each now and then, A 10 B 20 A",
        "bursts that overlap, A A A AB AB B",
        "after a reservation has ended, R RA RA r A B A B",
        "one by two paths, a1 B a2",
        "a third host comes, +C A C 5 A",
        "one that was quiet for long, A 600 A B A B",
        "somebody registers and nobody reserves, A k B A B A",
        "after a reboot of one, A -A +A B A B",
    })
    void twoHostsSideBySide(String what, String script) {
        play(script);
        assertTrue(alarm(), what);
        assertEquals(1, log.all().size(), () -> log.all().toString());
    }

    @ParameterizedTest
    @CsvSource({
        "one host alone, A A A A A A",
        "one host by two paths, a1 a2 a1 a2 a1a2 a1a2",
        "a reboot with a new ISID, a1 a1 -A +A a2 a2 a2",
        "a failover, A A A B B B B",
        "a failover in one second, A A AB B B B",
        "a failover there and back in good time, A A B B 61 A A",
        "reads of the other are no writes, A A A . A",
        "a cluster shared volume that all write, R RAB ABAB ABAB AB",
        "a live migration under a reservation, RA A AB ABAB B B",
        "a reservation by another host while two write, R ABAB ABAB",
        "Quick Migration: released and reserved by the other, RA A r R RB B r R RA A",
        "Quick Migration with a look in the gap, RA A r . RB B r . RA A",
        "Quick Migration with a last write in the gap, RA A rA R B B rB R A A",
        "Quick Migration there and back between two looks, RA A rABA R",
        "type 5 by fence_scsi that all have registered for, k k RAB ABAB ABAB",
        "the other has logged out, A B -A B B",
        "the first is dead and the second goes on, A A A -A B B B +A",
        "one writes and registrations come and go, A k A k A k B k A k B k",
    })
    void whatOnlyLooksLikeIt(String what, String script) {
        play(script);
        assertFalse(alarm(), what);
        assertEquals(List.of(), log.all());
    }

    @ParameterizedTest
    @EnumSource(VolumeKind.class)
    void onlyWhatOneHostAloneMayWrite(VolumeKind kind) {
        disk.volumes = List.of(new Volume(kind, 0));
        play("ABAB ABAB");
        assertEquals(!kind.isShared(), alarm());
    }

    @Test
    void aDiskWithoutAFileSystemOrWithOneThatIsSharedIsNotJudgedAndRarelyRead() {
        disk.volumes = List.of();
        for (int i = 0; i < 50; i++) {
            play("ABAB");
        }
        assertFalse(alarm());
        assertEquals(1, disk.reads);
        disk.volumes = List.of(new Volume(VolumeKind.EXT, 1), new Volume(VolumeKind.OCFS2, 2));
        play("60 ABAB");
        assertFalse(alarm());
        assertEquals(2, disk.reads);
        disk.volumes = List.of(new Volume(VolumeKind.EXT, 1));
        play("61 ABAB ABAB");
        assertTrue(alarm(), "somebody has made another file system");
    }

    @Test
    void aDiskThatIsNotSharedIsNobodysConcern() {
        disk.shared = false;
        play("ABAB ABAB");
        assertFalse(alarm());
        disk.shared = true;
        mode = UnreservedWriters.IGNORE;
        play("ABAB ABAB");
        assertFalse(alarm());
    }

    @ParameterizedTest
    @CsvSource({"one stops, A 61", "one leaves, -B", "somebody reserves, R", "one at a time from now on, A A 58 A A"})
    void itIsOverBySelf(String what, String script) {
        play("ABAB ABAB");
        assertTrue(alarm());
        play(script);
        assertFalse(alarm(), what);
        assertEquals(2, log.all().size(), () -> log.all().toString());
    }

    @Test
    void theAlarmNamesTheHostsTheDiskAndWhatIsOnIt() {
        play("A B A");
        Alarm alarm = alarms.list().getFirst();
        assertEquals(
                "A and B both write disk 'vms', which has NTFS on partition 2, and nobody has reserved it",
                alarm.text());
        assertEquals(Alarm.Severity.CRITICAL, alarm.key().kind().severity());
        Instant since = alarm.since();
        play("+C C A C");
        assertEquals(1, alarms.list().size());
        assertEquals(
                "A and B and C all write disk 'vms', which has NTFS on partition 2, and nobody has reserved it",
                alarms.list().getFirst().text());
        assertEquals(since, alarms.list().getFirst().since());
        assertEquals(1, log.all().size());
    }

    @ParameterizedTest
    @CsvSource({
        "who wrote first goes on, A A A B A, B",
        "also when it pauses, A 100 B 20 A B, B",
        "also when it has restarted its burst, B 30 B 30 B A B A, A",
        "of three, +C C A C B C, A B",
    })
    void theNewcomerIsFrozen(String what, String script, String frozen) {
        mode = UnreservedWriters.FREEZE;
        play(script);
        assertEquals(Set.of(frozen.split(" ")), disk.frozen, what);
        assertTrue(alarms.list().getFirst().remedy().contains("kume disk thaw vms"));
    }

    @ParameterizedTest
    @CsvSource({
        "a reservation, R",
        "the first host leaves, -A",
        "the newcomer leaves, -B",
    })
    void theFreezeIsLifted(String what, String script) {
        mode = UnreservedWriters.FREEZE;
        play("A B A B 60 60 A A 60");
        assertEquals(Set.of("B"), disk.frozen, "its writes are refused: that they have stopped says nothing");
        assertTrue(alarm());
        play(script);
        assertEquals(Set.of(), disk.frozen, what);
        assertFalse(alarm());
    }

    @Test
    void theFreezeIsLiftedByASettingAndByHand() {
        mode = UnreservedWriters.FREEZE;
        play("A B A B");
        mode = UnreservedWriters.ALARM;
        play("A");
        assertEquals(Set.of(), disk.frozen);
        assertTrue(alarm());
        mode = UnreservedWriters.FREEZE;
        play("A");
        assertEquals(Set.of("B"), disk.frozen);
        assertEquals(Set.of("B"), guard.thaw());
        play("AB AB AB");
        assertEquals(Set.of(), disk.frozen, "somebody wants them to");
        assertTrue(alarm());
        assertEquals(Set.of(), guard.thaw());
        play("-B +B A B A B");
        assertEquals(Set.of("B"), disk.frozen, "one of them had left");
    }

    @Test
    void quickMigrationIsNeverFrozen() {
        mode = UnreservedWriters.FREEZE;
        for (int i = 0; i < 20; i++) {
            play("RA A A r R RB B B r . R RA");
            assertEquals(Set.of(), disk.frozen);
        }
        assertEquals(List.of(), log.all());
    }
}
