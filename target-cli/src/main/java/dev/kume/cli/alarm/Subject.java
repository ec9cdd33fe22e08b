package dev.kume.cli.alarm;

import java.util.UUID;

/** What an alarm is about. */
public sealed interface Subject {
    /**
     * A disk.
     *
     * @param id stays with a disk that is renamed
     */
    record Disk(UUID id) implements Subject {}

    /** A node of a cluster. */
    record Node(String cluster, String name) implements Subject {}

    /** Something that its name alone tells. */
    record Named(Type type, String name) implements Subject {}

    /** What is known by its name. */
    enum Type {
        /** An initiator, by its name. */
        HOST,
        CLUSTER,
        /** A session, by its id. */
        SESSION,
        /** A portal, by its name in {@code kume.yaml}. */
        PORTAL,
        /** A file system of the server, by a directory on it. */
        FILE_SYSTEM,
        /** A part of the server itself, as {@code metrics port 127.0.0.1:9326}. */
        SERVER
    }
}
