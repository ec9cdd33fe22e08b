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
        SERVICE_TROUBLE(Severity.WARNING);

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
