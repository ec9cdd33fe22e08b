package dev.kume.cli.alert;

import dev.kume.cli.alarm.Alarm;
import dev.kume.cli.alarm.Alarm.Kind;
import dev.kume.cli.alarm.Subject;
import dev.kume.core.Sizes;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The file systems in which something grows: thin disks, and the state directory. One that is full of disks which have
 * their space already is as it was meant to be. Confined to the thread that looks.
 */
final class SpaceAlerts {
    static final Set<Kind> KINDS =
            EnumSet.of(Kind.SPACE_LOW, Kind.SPACE_CRITICAL, Kind.OVER_COMMITTED, Kind.FILE_SYSTEM_UNREACHABLE);

    /** A file system that has not answered for so long is told; a look is repeated sooner than that. */
    static final long SILENT_NANOS = TimeUnit.SECONDS.toNanos(10);

    /** It is over when so many percent more are free. */
    private static final int BACK_PERCENT = 2;

    private static final long SAMPLE_NANOS = TimeUnit.MINUTES.toNanos(5);
    private static final int SAMPLES = 12;

    /** A rate that would fill it later than this is none to speak of. */
    private static final long FORECAST_HOURS_MAX = 24 * 14;

    private final Map<String, Deque<Sample>> samples = new HashMap<>();
    private Set<Alarm.Key> stood = Set.of();

    private record Sample(long nanos, long freeBytes) {}

    /** A file system, with what is to grow in it. */
    private static final class Place {
        private final HostFiles.Volume volume;
        private final List<String> directories = new ArrayList<>();
        private long growBytes;
        private boolean state;

        private Place(HostFiles.Volume volume) {
            this.volume = volume;
        }
    }

    /**
     * What is wrong at this look.
     *
     * @param looks what is known of the directories
     * @param grow  bytes that disks in each of them may still take
     * @param state the state directory
     */
    List<Finding> look(
            Map<Path, HostLooks.Look> looks, Map<Path, Long> grow, Path state, AlertSettings settings, long nowNanos) {
        List<Finding> findings = new ArrayList<>();
        Map<String, Place> places = new TreeMap<>();
        new TreeMap<>(looks).forEach((directory, look) -> {
            silent(directory, look, nowNanos, findings);
            HostLooks.Answer answer = look.answer();
            HostFiles.Volume volume = answer == null ? null : answer.volume();
            if (volume != null) {
                Place place = places.computeIfAbsent(volume.name(), any -> new Place(volume));
                place.directories.add(directory.toString());
                place.growBytes += grow.getOrDefault(directory, 0L);
                place.state |= directory.equals(state);
            }
        });
        samples.keySet().retainAll(places.keySet());
        places.values().forEach(place -> look(place, settings, nowNanos, findings));
        stood = new HashSet<>();
        findings.forEach(finding -> stood.add(finding.key()));
        return findings;
    }

    private static Alarm.Key key(Kind kind, String name) {
        return Alarm.Key.of(kind, new Subject.Named(Subject.Type.FILE_SYSTEM, name));
    }

    private static void silent(Path directory, HostLooks.Look look, long nowNanos, List<Finding> findings) {
        HostLooks.Answer answer = look.answer();
        String failure = answer == null ? null : answer.failure();
        Long askedNanos = look.askedNanos();
        String problem = null;
        if (askedNanos != null && nowNanos - askedNanos >= SILENT_NANOS) {
            problem = "does not answer for %d seconds".formatted(TimeUnit.NANOSECONDS.toSeconds(nowNanos - askedNanos));
        } else if (failure != null) {
            problem = "cannot be looked at: " + failure;
        }
        if (problem != null) {
            findings.add(new Finding(
                    key(Kind.FILE_SYSTEM_UNREACHABLE, directory.toString()),
                    "the file system of %s %s".formatted(directory, problem),
                    "look after its device, its network and its server: disks there hang or fail"));
        }
    }

    private void look(Place place, AlertSettings settings, long nowNanos, List<Finding> findings) {
        HostFiles.Volume volume = place.volume;
        if (volume.totalBytes() <= 0 || volume.readOnly() || (place.growBytes == 0 && !place.state)) {
            return;
        }
        Kind kind = null;
        if (below(Kind.SPACE_CRITICAL, volume, settings.spaceCriticalPercent())) {
            kind = Kind.SPACE_CRITICAL;
        } else if (below(Kind.SPACE_LOW, volume, settings.spaceLowPercent())) {
            kind = Kind.SPACE_LOW;
        }
        String forecast = forecast(volume, nowNanos);
        if (kind != null) {
            String promised =
                    place.growBytes == 0 ? "" : "; thin disks there may still take " + Sizes.format(place.growBytes);
            findings.add(new Finding(
                    key(kind, volume.name()),
                    "the file system %s (%s) has %s of %s free, %d %%%s%s"
                            .formatted(
                                    volume.name(),
                                    String.join(", ", place.directories),
                                    Sizes.format(volume.freeBytes()),
                                    Sizes.format(volume.totalBytes()),
                                    percent(volume),
                                    promised,
                                    forecast),
                    "make room there, enlarge it, or move a disk: kume disk convert NAME --file PATH"));
        }
        int overCommit = settings.overCommitPercent();
        if (overCommit > 0 && place.growBytes > volume.freeBytes() / 100.0 * overCommit) {
            findings.add(new Finding(
                    key(Kind.OVER_COMMITTED, volume.name()),
                    "thin disks in the file system %s may still take %s, and %s is free"
                            .formatted(volume.name(), Sizes.format(place.growBytes), Sizes.format(volume.freeBytes())),
                    "enlarge it, move a disk, or raise alerts.overCommitPercent in kume.yaml"));
        }
    }

    private boolean below(Kind kind, HostFiles.Volume volume, int threshold) {
        int back = stood.contains(key(kind, volume.name())) ? BACK_PERCENT : 0;
        return threshold > 0 && volume.freeBytes() * 100.0 / volume.totalBytes() <= threshold + back;
    }

    private static long percent(HostFiles.Volume volume) {
        return (long) (volume.freeBytes() * 100.0 / volume.totalBytes());
    }

    /** By what was taken in the last hour. */
    private String forecast(HostFiles.Volume volume, long nowNanos) {
        Deque<Sample> past = samples.computeIfAbsent(volume.name(), any -> new ArrayDeque<>());
        Sample last = past.peekLast();
        Sample now = new Sample(nowNanos, volume.freeBytes());
        if (last == null || nowNanos - last.nanos() >= SAMPLE_NANOS) {
            past.addLast(now);
            if (past.size() > SAMPLES) {
                past.removeFirst();
            }
        }
        return forecast(past.getFirst(), now);
    }

    private static String forecast(@Nullable Sample first, Sample now) {
        if (first == null || now.nanos() - first.nanos() < SAMPLE_NANOS || first.freeBytes() <= now.freeBytes()) {
            return "";
        }
        double takenPerNano = (first.freeBytes() - now.freeBytes()) / (double) (now.nanos() - first.nanos());
        long minutes = TimeUnit.NANOSECONDS.toMinutes((long) (now.freeBytes() / takenPerNano));
        long hours = TimeUnit.MINUTES.toHours(minutes);
        if (hours > FORECAST_HOURS_MAX) {
            return "";
        }
        String left = hours > 0 ? "%d hours".formatted(hours) : "%d minutes".formatted(minutes);
        return "; full in about %s at the rate of the last %d minutes"
                .formatted(left, TimeUnit.NANOSECONDS.toMinutes(now.nanos() - first.nanos()));
    }
}
