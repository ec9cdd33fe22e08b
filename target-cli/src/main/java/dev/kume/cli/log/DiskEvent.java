package dev.kume.cli.log;

import dev.kume.protocol.event.EventFacts;
import dev.kume.protocol.event.LogEvent;
import dev.kume.protocol.event.Severity;

/** Of disks, their files and snapshots. Numbers 3000 to 3999. */
public enum DiskEvent implements LogEvent {
    OFFLINE_AT_START(
            3001,
            Severity.ERROR,
            "Disk {disk} is offline: {reason}",
            "Do what the line says, then: kume disk online DISK. Hosts see the disk as not ready."),
    TAKEN_OFFLINE(3002, Severity.INFO, "Disk {disk} was taken offline"),
    ONLINE(3003, Severity.INFO, "Disk {disk} is online again"),
    FAILED(
            3004,
            Severity.ERROR,
            "Disk {disk}: {file} failed (failure {number}): {reason}",
            "Hosts were told. Look at the device below the file; after a write or flush that failed, check the "
                    + "disk."),
    BUG(3005, Severity.ERROR, "Disk {disk} met a bug of the daemon", "Please report it with the lines that follow."),
    NOT_CLOSED(
            3006, Severity.ERROR, "Disk {disk}: closing {file} failed: {reason}", "Look at the device below the file."),
    FILE_NOT_CLOSED(3007, Severity.ERROR, "Closing {file} failed: {reason}", "Look at the device below the file."),
    CONVERTED(3011, Severity.INFO, "Disk {disk} is {kind} now, in {file}"),
    ATOMIC_WRITE_FINISHED(3021, Severity.INFO, "Disk {disk}: an atomic write that was cut short is finished"),
    ATOMIC_WRITE_LEFT_OUT(
            3022,
            Severity.CRITICAL,
            "Disk {disk}: {journal} held a write that does not fit {file}, which was changed or replaced: left "
                    + "out",
            "Somebody changed the image file while the daemon was stopped: check the disk and the file systems on"
                    + " it."),
    MAP_NOTES_LEFT_OUT(
            3023,
            Severity.CRITICAL,
            "{file} was changed or replaced since the daemon ended: notes of its map are left out",
            "Somebody changed the image file while the daemon was stopped: check the disk and the file systems on"
                    + " it."),
    SPACE_LOW(
            3031,
            Severity.WARNING,
            "Disk {disk}: {percent} percent or less of the file system of {file} is free; its initiators have "
                    + "been told",
            "Free space there, or move the image: without space writes fail."),
    TOO_MANY_TARGETS(
            3032,
            Severity.WARNING,
            "Disk {disk} is mapped to {targets} targets; with alua: implicit Windows finds no more than {most}",
            "Unmap it from some, or set alua: none."),
    MEMORY_NOT_REMOVED(
            3041, Severity.WARNING, "Disk {disk}: {file} could not be removed: {reason}; the next start does it"),
    MEMORY_REMOVED(3042, Severity.INFO, "Removing {file}: it belongs to no disk"),
    MEMORY_STAYS(
            3043,
            Severity.WARNING,
            "{file} could not be removed: {reason}; the next start tries again",
            "Look at the owner and mode of its directory."),
    SAVE_HANGS(
            3044,
            Severity.ERROR,
            "A save in {directory} does not end: it is abandoned",
            "Look at the device of the state directory."),
    NOTE_STAYS(
            3051,
            Severity.WARNING,
            "{file} could not be removed: {reason}; the next start does it",
            "Look at the owner and mode of its directory."),
    FILE_MOVED(3052, Severity.INFO, "Moving {file} to {place}: its disk was created when the daemon ended"),
    FILE_KEPT(3053, Severity.INFO, "{file} is kept: it is the file of a disk, or of a snapshot"),
    UNFINISHED_REMOVED(
            3054, Severity.INFO, "Removing {file}: it belongs to no disk", "It was being made when the daemon ended."),
    UNFINISHED_STAYS(
            3055,
            Severity.WARNING,
            "{file} could not be removed: {reason}; the next start tries again",
            "Look at the owner and mode of its directory."),
    FILE_WAS_GONE(3056, Severity.INFO, "{file} was gone already"),
    FILE_LEFT_BEHIND(3057, Severity.WARNING, "{file} is left behind, and belongs to no disk: {reason}", "Remove it."),
    WORKING_FILE_STAYS(3058, Severity.WARNING, "{file} could not be removed: {reason}; the next start does it"),
    NOT_CUT_BACK(
            3059, Severity.WARNING, "Disk {disk}: its file could not be cut back: {reason}; the next start does it"),
    SIZE_NOT_SETTLED(
            3061,
            Severity.ERROR,
            "Disk {disk}: its size was being changed when the daemon ended, and {file} could not be settled: "
                    + "{reason}; the next start, or 'kume disk online', tries again",
            "Look at the file and its device."),
    SIZE_KEPT(
            3062,
            Severity.INFO,
            "Disk {disk} keeps its {bytes} bytes: the daemon ended while its size was changed",
            "Resize it again."),
    SIZE_CUT(3063, Severity.INFO, "Disk {disk} has its {bytes} bytes now: the daemon ended while it was made smaller"),
    RESERVED(
            3071,
            Severity.INFO,
            "Disk {disk}: reserved by {initiator} ({type}), before by {former}",
            "A node has taken the disk: a start, a move or a failover. kume cluster timeline tells the story."),
    RESERVATION_GONE(
            3072,
            Severity.INFO,
            "Disk {disk}: the reservation of {initiator} is gone",
            "It was released, cleared or lost with its registration."),
    SNAPSHOT_TAKEN(3101, Severity.INFO, "Snapshot {snapshot} of {disks} disks taken; writes waited {millis} ms"),
    SNAPSHOT_REMOVED(3102, Severity.INFO, "Snapshot {snapshot} of disk {disk} is removed"),
    SNAPSHOT_REMOVAL_GOES_ON(3103, Severity.INFO, "Disk {disk}: the removal of its snapshots goes on"),
    RESTORED(3104, Severity.INFO, "Disk {disk} is again what it was at {time}"),
    CLONE_SNAPSHOT_GOES(
            3105, Severity.INFO, "Disk {disk}: snapshot {snapshot} goes, the clone that it was for was not made"),
    CLONE_SNAPSHOT_STAYS(
            3106,
            Severity.WARNING,
            "A snapshot for a clone that was not made stays: {reason}; the next start tries again"),
    FAILED_CLONE_SNAPSHOT_STAYS(
            3107,
            Severity.WARNING,
            "Snapshot {snapshot} of a clone that failed ({failure}) stays: {reason}",
            "Remove it: kume snapshot remove."),
    SNAPSHOT_UNREADABLE(
            3108,
            Severity.WARNING,
            "Disk {disk}: the file of snapshot {snapshot} cannot be opened: {reason}",
            "Look at the file; the disk itself may still be read where it has its own data."),
    SNAPSHOT_FILE_STAYS(3109, Severity.WARNING, "{file} could not be removed: {reason}; the next start tries again"),
    SCRATCH_DISK_STAYS(3111, Severity.WARNING, "The scratch disk {file} is left to the next start: {reason}");

    @SuppressWarnings("ImmutableEnumChecker") // Its fields never change.
    private final EventFacts facts;

    DiskEvent(int number, Severity severity, String text) {
        this(number, severity, text, "");
    }

    DiskEvent(int number, Severity severity, String text, String advice) {
        facts = new EventFacts(number, severity, text, advice);
    }

    @Override
    public EventFacts facts() {
        return facts;
    }
}
