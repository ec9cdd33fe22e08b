package dev.kume.cli.alarm;

import java.time.Instant;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Something that is wrong now, and that somebody should look at.
 *
 * @param key    what it is about; one alarm stands for each key
 * @param text   what is wrong, one line for people; it names the subject
 * @param remedy what to do about it
 * @param since  when it began
 */
public record Alarm(Key key, String text, String remedy, Instant since) {
    /** How bad it is. */
    public enum Severity {
        /** Somebody is kept from what he wants, or soon will be; nothing is at risk. */
        WARNING,
        /** Data is at risk, or cannot be reached. */
        CRITICAL;

        /** For machines: {@code warning}. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** What can be wrong. */
    public enum Kind {
        /** A host wants an exclusive disk that another one has. */
        HOST_REFUSED(Severity.WARNING),
        /** Two hosts write a file system that one alone may write, and nobody has reserved the disk. */
        UNRESERVED_WRITERS(Severity.CRITICAL),
        /** A part of the server does not work, while disks are served all the same. */
        SERVICE_TROUBLE(Severity.WARNING),
        /** A file system in which something grows has little room left. */
        SPACE_LOW(Severity.WARNING),
        /** The same with next to none: writes will fail. */
        SPACE_CRITICAL(Severity.CRITICAL),
        /** Thin disks may still take much more than their file system has. */
        OVER_COMMITTED(Severity.WARNING),
        /** A file system with images does not answer, or cannot be looked at. */
        FILE_SYSTEM_UNREACHABLE(Severity.CRITICAL),
        /** A disk is offline, and nobody asked for it. */
        DISK_OFFLINE(Severity.CRITICAL),
        /** The file of a disk that is served has no name any more. */
        DISK_FILE_GONE(Severity.CRITICAL),
        /** Reads, writes or flushes of a disk fail. */
        DISK_FAILING(Severity.CRITICAL),
        /** A read, write or flush of a disk does not come to its end. */
        DISK_STUCK(Severity.CRITICAL),
        /** A disk takes long. */
        DISK_SLOW(Severity.WARNING),
        /** A node of a cluster that had several paths has one. */
        NODE_ONE_PATH(Severity.WARNING),
        /** A node of a cluster that was connected is not. */
        NODE_GONE(Severity.WARNING),
        /** A host of no node is registered with a disk of a cluster. */
        STRANGER_REGISTERED(Severity.WARNING),
        /** A host of no node holds a disk of a cluster. */
        STRANGER_RESERVED(Severity.CRITICAL),
        /** The time of day was changed by much. */
        CLOCK_JUMPED(Severity.WARNING);

        private final Severity severity;

        Kind(Severity severity) {
            this.severity = severity;
        }

        public Severity severity() {
            return severity;
        }

        /** For machines: {@code host-refused}. */
        public String word() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /**
     * What an alarm is about.
     *
     * @param host the initiator that it is about beside the subject; null for the subject as such
     */
    public record Key(Kind kind, Subject subject, @Nullable String host) {
        public static Key of(Kind kind, Subject subject) {
            return new Key(kind, subject, null);
        }

        /** About a disk as such. */
        public static Key disk(Kind kind, UUID disk) {
            return of(kind, new Subject.Disk(disk));
        }

        /** About a host at a disk. */
        public static Key disk(Kind kind, UUID disk, String host) {
            return new Key(kind, new Subject.Disk(disk), host);
        }

        /**
         * About a part of the server that does not work.
         *
         * @param part as {@code metrics port 127.0.0.1:9326} or {@code audit log}
         */
        public static Key server(String part) {
            return of(Kind.SERVICE_TROUBLE, new Subject.Named(Subject.Type.SERVER, part));
        }

        /** True of what is about this disk, or about a host there. */
        public boolean isAbout(UUID disk) {
            return subject instanceof Subject.Disk(UUID id) && id.equals(disk);
        }
    }
}
