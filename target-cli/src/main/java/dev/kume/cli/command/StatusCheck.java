package dev.kume.cli.command;

import dev.kume.cli.api.AlarmView;
import dev.kume.cli.api.StatusView;
import dev.kume.cli.terminal.ExitCode;
import java.util.ArrayList;
import java.util.List;

/** The daemon as a program of monitoring asks: one line, and an exit status. */
final class StatusCheck {
    private final StatusView status;

    StatusCheck(StatusView status) {
        this.status = status;
    }

    ExitCode exit() {
        if (hasCritical()) {
            return ExitCode.VALIDATION_FAILED;
        }
        boolean well = status.alarms().isEmpty() && status.state().equals(StatusView.READY);
        return well ? ExitCode.OK : ExitCode.VALIDATED_WITH_WARNINGS;
    }

    /** {@code KUME CRITICAL - 2 alarms: disk-offline disk vms: ...}; the worst first. */
    String line() {
        String word = switch (exit()) {
            case OK -> "OK";
            case VALIDATION_FAILED -> "CRITICAL";
            default -> "WARNING";
        };
        List<String> parts = new ArrayList<>();
        if (!status.state().equals(StatusView.READY)) {
            parts.add("it is " + status.state());
        }
        if (!status.alarms().isEmpty()) {
            AlarmView first = status.alarms().stream()
                    .filter(alarm -> alarm.severity().equals(AlarmView.CRITICAL))
                    .findFirst()
                    .orElse(status.alarms().getFirst());
            parts.add("%s: %s: %s".formatted(Words.count(status.alarms().size(), "alarm"), first.kind(), first.text()));
        }
        if (parts.isEmpty()) {
            StatusView.Counts counts = status.counts();
            parts.add("%s, %s, %s"
                    .formatted(
                            status.state(),
                            Words.count(counts.disks(), "disk"),
                            Words.count(counts.sessions(), "session")));
        }
        return "KUME %s - %s".formatted(word, String.join("; ", parts));
    }

    private boolean hasCritical() {
        return status.alarms().stream().anyMatch(alarm -> alarm.severity().equals(AlarmView.CRITICAL));
    }
}
