package dev.kume.cli.log;

import dev.kume.protocol.event.EventFacts;
import dev.kume.protocol.event.LogEvent;
import dev.kume.protocol.event.Severity;

/** Of what watches: alarms, guards, the journal of clusters. Numbers 4000 to 4999. */
public enum WatchEvent implements LogEvent {
    ALARM(
            4001,
            Severity.WARNING,
            "{alarm}: {text}; {remedy}",
            "Do what the line says. The alarm stands in kume status until it is over."),
    ALARM_OF_DATA(
            4002,
            Severity.CRITICAL,
            "{alarm}: {text}; {remedy}",
            "Do what the line says at once: data is at risk. The alarm stands in kume status until it is over."),
    ALARM_OVER(4003, Severity.INFO, "no more {alarm}: {text}"),
    ALERT_UNKNOWN(
            4011,
            Severity.WARNING,
            "Whether there is an alert of {kinds} cannot be told: {reason}",
            "Disks are served. Told once; when event loops do not answer, look at the load of the host."),
    LOOK_FAILED(
            4012,
            Severity.WARNING,
            "A look for alerts has failed",
            "Disks are served, and the next look may do better. Please report it with the lines that follow."),
    WRITERS_UNKNOWN(
            4101,
            Severity.ERROR,
            "Disk {disk}: who writes it cannot be told",
            "A bug of Kume: the disk is served, but not watched. Please report it with the lines that follow."),
    CONTENT_UNREADABLE(
            4102,
            Severity.WARNING,
            "Disk {disk}: what lies on it cannot be read",
            "The disk is served, but nothing watches who writes which file system of it."),
    JOURNAL_WRITABLE(
            4201, Severity.INFO, "The journal of the clusters can be written again; {lost} events were lost meanwhile"),
    JOURNAL_NOT_WRITABLE(
            4202,
            Severity.WARNING,
            "The journal of the clusters cannot be written: {reason}; it is tried again, and all disks are served",
            "Free space on the file system of the state directory, or look after it."),
    JOURNAL_LINE_LOST(
            4203,
            Severity.INFO,
            "{file}: a line of {bytes} bytes was cut short and is gone",
            "The host went down while it was written."),
    JOURNAL_FILE_UNREADABLE(
            4204, Severity.WARNING, "{file} could not be read and is missing in the timeline: {reason}"),
    JOURNAL_FILE_PUT_ASIDE(
            4205, Severity.WARNING, "{file} is damaged: it was put aside as {aside}, and what it said is missing"),
    JOURNAL_FILE_DAMAGED(4206, Severity.WARNING, "{file} is damaged, and left as it is: {reason}", "Move it away."),
    JOURNAL_UNREADABLE(
            4207,
            Severity.WARNING,
            "The journal of the clusters cannot be read: {reason}",
            "Look at the directory journal in the state directory; timelines begin anew meanwhile.");

    @SuppressWarnings("ImmutableEnumChecker") // Its fields never change.
    private final EventFacts facts;

    WatchEvent(int number, Severity severity, String text) {
        this(number, severity, text, "");
    }

    WatchEvent(int number, Severity severity, String text, String advice) {
        facts = new EventFacts(number, severity, text, advice);
    }

    @Override
    public EventFacts facts() {
        return facts;
    }
}
