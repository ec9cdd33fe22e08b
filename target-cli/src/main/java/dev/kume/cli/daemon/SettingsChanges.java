package dev.kume.cli.daemon;

import dev.kume.cli.api.ReloadView.Change;
import dev.kume.cli.daemon.Settings.PortalSettings;
import dev.kume.cli.guard.UnreservedWriters;
import dev.kume.cli.log.LogSettings;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What is different between the settings at work and those that were read again. A setting that is not known here to be
 * live needs a restart: none is passed over, however new it is.
 */
final class SettingsChanges {
    /** Compared one by one, and not settings of their own. */
    private static final Set<String> APART = Set.of("file", "portals", "limits", "log");

    /** What {@link Reload} applies, beside portals. */
    private static final Set<String> LIVE =
            Set.of("chapAlgorithms", "unreservedWriters", "alerts", "remote", "metrics");

    /** Settings that {@code kume.yaml} has in a block. */
    private static final Map<String, String> KEYS = Map.of(
            "adminSocket", "admin.socket",
            "chapAlgorithms", "authentication.chapAlgorithms",
            "remote", "admin.remote",
            "metrics", "metrics.listen",
            "unreservedWriters", "guards.unreservedWriters");

    private SettingsChanges() {}

    static List<Change> between(Settings running, Settings read) {
        List<Change> changes = portals(running.portals(), read.portals());
        for (RecordComponent component : Settings.class.getRecordComponents()) {
            if (!APART.contains(component.getName())) {
                Object before = value(component, running);
                Object now = value(component, read);
                if (!Objects.equals(before, now)) {
                    String key = KEYS.getOrDefault(component.getName(), component.getName());
                    String outcome = LIVE.contains(component.getName()) ? Change.APPLIED : Change.NEEDS_RESTART;
                    changes.add(new Change(key, outcome, difference(before, now)));
                }
            }
        }
        log(running.log(), read.log(), changes);
        Map<String, Long> limits = read.limits().asMap();
        running.limits().asMap().forEach((key, before) -> {
            Long now = limits.get(key);
            if (!before.equals(now)) {
                changes.add(new Change("limits." + key, Change.NEEDS_RESTART, difference(before, now)));
            }
        });
        return List.copyOf(changes);
    }

    private static void log(LogSettings running, LogSettings read, List<Change> changes) {
        compare("log.format", running.format().word(), read.format().word(), Change.APPLIED, changes);
        compare("log.level", word(running), word(read), Change.APPLIED, changes);
        compare("log.file", running.file(), read.file(), Change.NEEDS_RESTART, changes);
        compare("log.fileBytes", running.fileBytes(), read.fileBytes(), Change.NEEDS_RESTART, changes);
        compare("log.files", running.files(), read.files(), Change.NEEDS_RESTART, changes);
    }

    private static String word(LogSettings log) {
        return log.level().name().toLowerCase(Locale.ROOT);
    }

    private static void compare(
            String key, @Nullable Object before, @Nullable Object now, String outcome, List<Change> changes) {
        if (!Objects.equals(before, now)) {
            changes.add(new Change(key, outcome, difference(before, now)));
        }
    }

    private static String difference(@Nullable Object before, @Nullable Object now) {
        return "was %s and is to be %s".formatted(shown(before), shown(now));
    }

    private static String shown(@Nullable Object value) {
        if (value instanceof UnreservedWriters writers) {
            return writers.word();
        }
        return value == null ? "left out" : value.toString();
    }

    private static @Nullable Object value(RecordComponent component, Settings settings) {
        try {
            return component.getAccessor().invoke(settings);
        } catch (IllegalAccessException | InvocationTargetException e) {
            throw new IllegalStateException(e);
        }
    }

    private static List<Change> portals(List<PortalSettings> running, List<PortalSettings> read) {
        List<Change> changes = new ArrayList<>();
        for (PortalSettings portal : read) {
            PortalSettings before = find(running, portal.name());
            if (before == null) {
                changes.add(
                        applied(portal, "added with tag %d, listens on %s".formatted(portal.tag(), addresses(portal))));
            } else if (!before.listen().equals(portal.listen())) {
                changes.add(
                        applied(portal, "listens on %s instead of %s".formatted(addresses(portal), addresses(before))));
            }
            if (before != null && before.access() != portal.access()) {
                changes.add(applied(portal, "is %s instead of %s".formatted(access(portal), access(before))));
            }
        }
        for (PortalSettings portal : running) {
            if (find(read, portal.name()) == null) {
                changes.add(applied(portal, "closed, and its sessions are asked to log out"));
            }
        }
        return changes;
    }

    private static @Nullable PortalSettings find(List<PortalSettings> among, String name) {
        return among.stream()
                .filter(portal -> portal.name().equals(name))
                .findFirst()
                .orElse(null);
    }

    private static Change applied(PortalSettings portal, String text) {
        return new Change("portals." + portal.name(), Change.APPLIED, text);
    }

    private static String access(PortalSettings portal) {
        return portal.access().name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static String addresses(PortalSettings portal) {
        return portal.listen().stream().map(ListenAddress::format).collect(Collectors.joining(", "));
    }
}
