package dev.kume.cli.metrics;

import java.util.List;
import java.util.Locale;

/** What Prometheus is told: the rows of {@code docs/metrics.md}. Names do not change once they are released. */
public enum Metric {
    BUILD_INFO("kume_build", Type.INFO, "The version of the daemon", "version"),
    UP_SECONDS("kume_up_seconds", Type.GAUGE, "How long the daemon has been up"),

    DISK_QUEUE(
            "kume_disk_queue_seconds",
            Type.HISTOGRAM,
            "From the arrival of a command to the begin of work on it: its turn, its data, a disk thread",
            "disk",
            "op"),
    DISK_IO("kume_disk_io_seconds", Type.HISTOGRAM, "From the begin of work on a command to its answer", "disk", "op"),
    DISK_READ_BYTES("kume_disk_read_bytes", Type.COUNTER, "Read off the disk for initiators", "disk"),
    DISK_WRITTEN_BYTES("kume_disk_written_bytes", Type.COUNTER, "Written to the disk for initiators", "disk"),
    DISK_OUTSTANDING("kume_disk_outstanding", Type.GAUGE, "Commands that have come and not ended", "disk"),
    DISK_ABORTED("kume_disk_aborted", Type.COUNTER, "Commands that ended without an answer", "disk"),
    DISK_FAILURES(
            "kume_disk_failures",
            Type.COUNTER,
            "Commands that did not end in GOOD, by status and by sense key, code and qualifier",
            "disk",
            "status",
            "sense"),
    DISK_RESERVATION_CHANGES(
            "kume_disk_reservation_changes",
            Type.COUNTER,
            "Changes of persistent reservations and registrations",
            "disk"),
    DISK_FENCE(
            "kume_disk_fence_seconds",
            Type.HISTOGRAM,
            "Until commands that were fenced off could not reach the disk any more",
            "disk"),
    DISK_QUIESCE(
            "kume_disk_quiesce_seconds",
            Type.HISTOGRAM,
            "Until the disk had come to rest, for a reset or to go offline",
            "disk"),
    DISK_ONLINE("kume_disk_online", Type.GAUGE, "1 while the disk's file is open, 0 while it is offline", "disk"),
    DISK_SIZE("kume_disk_size_bytes", Type.GAUGE, "The size of the disk as initiators see it", "disk"),

    TARGET_QUEUE(
            "kume_target_queue_seconds",
            Type.SUMMARY,
            "As kume_disk_queue_seconds, of all commands through the target",
            "target",
            "op"),
    TARGET_IO(
            "kume_target_io_seconds",
            Type.SUMMARY,
            "As kume_disk_io_seconds, of all commands through the target",
            "target",
            "op"),
    TARGET_READ_BYTES("kume_target_read_bytes", Type.COUNTER, "Read through the target", "target"),
    TARGET_WRITTEN_BYTES("kume_target_written_bytes", Type.COUNTER, "Written through the target", "target"),

    NODE_QUEUE(
            "kume_node_queue_seconds",
            Type.HISTOGRAM,
            "As kume_disk_queue_seconds, of all commands of a node, or of an initiator that is none",
            "node",
            "cluster",
            "op"),
    NODE_IO(
            "kume_node_io_seconds",
            Type.HISTOGRAM,
            "As kume_disk_io_seconds, of all commands of a node, or of an initiator that is none",
            "node",
            "cluster",
            "op"),
    NODE_READ_BYTES("kume_node_read_bytes", Type.COUNTER, "Read by the node", "node", "cluster"),
    NODE_WRITTEN_BYTES("kume_node_written_bytes", Type.COUNTER, "Written by the node", "node", "cluster"),
    NODE_OUTSTANDING(
            "kume_node_outstanding",
            Type.GAUGE,
            "Commands of the node that have come and not ended",
            "node",
            "cluster"),
    NODE_SESSIONS("kume_node_sessions", Type.GAUGE, "Sessions of the node", "node", "cluster"),

    SESSION_QUEUE(
            "kume_session_queue_seconds",
            Type.SUMMARY,
            "As kume_disk_queue_seconds, of all commands of the session's nexus",
            "initiator",
            "isid",
            "target",
            "tag",
            "op"),
    SESSION_IO(
            "kume_session_io_seconds",
            Type.SUMMARY,
            "As kume_disk_io_seconds, of all commands of the session's nexus",
            "initiator",
            "isid",
            "target",
            "tag",
            "op"),
    SESSION_READ_BYTES(
            "kume_session_read_bytes",
            Type.COUNTER,
            "Read by the session's nexus",
            "initiator",
            "isid",
            "target",
            "tag"),
    SESSION_WRITTEN_BYTES(
            "kume_session_written_bytes",
            Type.COUNTER,
            "Written by the session's nexus",
            "initiator",
            "isid",
            "target",
            "tag"),
    SESSION_OUTSTANDING(
            "kume_session_outstanding",
            Type.GAUGE,
            "Commands of the session that have come and not ended",
            "initiator",
            "isid",
            "target",
            "tag"),

    SESSIONS("kume_sessions", Type.GAUGE, "Sessions of targets; discovery is none"),
    CONNECTIONS("kume_connections", Type.GAUGE, "Connections that are open, logged in or not"),
    LOGINS("kume_login", Type.COUNTER, "Logins by status class and detail, and in words", "status", "result"),
    ALARMS("kume_alarm", Type.GAUGE, "1 for each alarm that stands", "kind", "severity", "subject", "host"),
    DATA_BYTES("kume_data_buffer_bytes", Type.GAUGE, "Memory of data between initiators and disks"),
    DATA_BYTES_MAX("kume_data_buffer_limit_bytes", Type.GAUGE, "The limit dataOutBytes"),
    DISK_THREADS_BUSY("kume_disk_threads_busy", Type.GAUGE, "Threads that work for a disk"),
    DISK_THREADS_MAX("kume_disk_threads_limit", Type.GAUGE, "The limit diskThreads"),
    DISK_JOBS_WAITING("kume_disk_threads_waiting", Type.GAUGE, "Disks that have work and no thread"),

    HEAP_USED("kume_jvm_heap_used_bytes", Type.GAUGE, "Java heap in use"),
    HEAP_MAX("kume_jvm_heap_limit_bytes", Type.GAUGE, "What the Java heap may grow to"),
    GC("kume_jvm_gc_seconds", Type.SUMMARY, "Collections of garbage and the time they took", "collector"),
    THREADS("kume_jvm_threads", Type.GAUGE, "Threads of the Java machine"),
    CPU_SECONDS("kume_process_cpu_seconds", Type.COUNTER, "Time of processors that the daemon has used"),
    RESIDENT_BYTES("kume_process_resident_bytes", Type.GAUGE, "Memory that the process has, where the system tells");

    /** What kind of number it is, as Prometheus has them. */
    public enum Type {
        COUNTER,
        GAUGE,
        HISTOGRAM,
        SUMMARY,
        INFO;

        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private final String id;
    private final Type type;
    private final String help;

    @SuppressWarnings("ImmutableEnumChecker") // A list that never changes.
    private final List<String> labels;

    Metric(String id, Type type, String help, String... labels) {
        this.id = id;
        this.type = type;
        this.help = help;
        this.labels = List.of(labels);
    }

    /** Its name without the endings that its type adds. */
    String id() {
        return id;
    }

    public Type type() {
        return type;
    }

    public String help() {
        return help;
    }

    public List<String> labels() {
        return labels;
    }

    /** Its name as queries have it. */
    public String shownName() {
        return switch (type) {
            case COUNTER -> id + "_total";
            case INFO -> id + "_info";
            case GAUGE, HISTOGRAM, SUMMARY -> id;
        };
    }
}
