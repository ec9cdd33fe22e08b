package dev.kume.cli.daemon;

import dev.kume.cli.api.AlarmView;
import dev.kume.cli.guard.Alarm;
import dev.kume.core.inventory.DiskRecord;
import dev.kume.core.inventory.Inventory;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Alarms as clients see them. */
final class AlarmFacts {
    private AlarmFacts() {}

    /** Those about disks that are there. */
    static List<AlarmView> views(List<Alarm> alarms, Inventory inventory) {
        return alarms.stream()
                .map(alarm -> view(alarm, inventory))
                .filter(Objects::nonNull)
                .toList();
    }

    private static @Nullable AlarmView view(Alarm alarm, Inventory inventory) {
        DiskRecord disk = inventory.findDisk(alarm.key().disk());
        return disk == null
                ? null
                : new AlarmView(
                        word(alarm.key().kind()),
                        word(alarm.key().kind().severity()),
                        disk.name(),
                        alarm.key().host(),
                        alarm.since(),
                        alarm.text(),
                        alarm.remedy());
    }

    private static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
