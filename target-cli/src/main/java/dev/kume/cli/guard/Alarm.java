package dev.kume.cli.guard;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Something that is wrong now, and that somebody should look at.
 *
 * @param key    what it is about; one alarm stands for each key
 * @param text   what is wrong, one line for people
 * @param remedy what to do about it
 * @param since  when it began
 */
public record Alarm(Key key, String text, String remedy, Instant since) {
    /** How bad it is. */
    public enum Severity {
        /** Somebody is kept from what he wants; nothing is at risk. */
        WARNING,
        /** Data is at risk. */
        CRITICAL
    }

    /** What can be wrong. */
    public enum Kind {
        /** A host wants an exclusive disk that another one has. */
        HOST_REFUSED(Severity.WARNING),
        /** Two hosts write a file system that one alone may write, and nobody has reserved the disk. */
        UNRESERVED_WRITERS(Severity.CRITICAL);

        private final Severity severity;

        Kind(Severity severity) {
            this.severity = severity;
        }

        public Severity severity() {
            return severity;
        }
    }

    /**
     * What an alarm is about.
     *
     * @param disk the disk's id, which stays with a disk that is renamed
     * @param host whom it is about beside the disk; null for the disk as such
     */
    public record Key(Kind kind, UUID disk, @Nullable String host) {}
}
