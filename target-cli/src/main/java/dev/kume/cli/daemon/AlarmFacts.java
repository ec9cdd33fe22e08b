package dev.kume.cli.daemon;

import dev.kume.cli.alarm.Alarm;
import dev.kume.cli.alarm.Subject;
import dev.kume.cli.api.AlarmView;
import dev.kume.core.inventory.DiskRecord;
import dev.kume.core.inventory.Inventory;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Alarms as clients see them. */
final class AlarmFacts {
    private AlarmFacts() {}

    /** All but those about disks that are gone. */
    static List<AlarmView> views(List<Alarm> alarms, Inventory inventory) {
        return alarms.stream()
                .map(alarm -> view(alarm, inventory))
                .filter(Objects::nonNull)
                .toList();
    }

    private static @Nullable AlarmView view(Alarm alarm, Inventory inventory) {
        Alarm.Key key = alarm.key();
        AlarmView.Subject subject = switch (key.subject()) {
            case Subject.Disk(UUID id) -> disk(inventory.findDisk(id));
            case Subject.Node(String cluster, String name) -> new AlarmView.Subject("node", name, cluster);
            case Subject.Named(Subject.Type type, String name) ->
                new AlarmView.Subject(type.name().toLowerCase(Locale.ROOT).replace('_', '-'), name, null);
        };
        return subject == null
                ? null
                : new AlarmView(
                        key.kind().word(),
                        key.kind().severity().word(),
                        subject,
                        key.subject() instanceof Subject.Disk ? subject.name() : null,
                        key.host(),
                        alarm.since(),
                        alarm.text(),
                        alarm.remedy());
    }

    private static AlarmView.@Nullable Subject disk(@Nullable DiskRecord disk) {
        return disk == null ? null : new AlarmView.Subject("disk", disk.name(), null);
    }
}
