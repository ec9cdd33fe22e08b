package dev.kume.core;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Every limit of the daemon, by name, in one place. Values are set at start and never change; {@link #DEFAULTS} is what
 * an administrator gets without saying anything.
 */
public final class Limits {
    /** One limit. The name in {@code kume.yaml} is {@link #key()}. */
    public enum Limit {
        /** Connections that may be open at once, logged in or not. */
        CONNECTIONS(4096, 1, 65_536),
        /** Connections that may be in the login phase at once. */
        LOGINS_AT_ONCE(256, 1, 65_536),
        /** Connections in the login phase from one address. */
        LOGINS_PER_ADDRESS(64, 1, 65_536),
        /** Of those, places that only addresses can have from which somebody was logged in to a target before. */
        LOGINS_FOR_KNOWN(64, 0, 65_536),
        /** Seconds a connection may take from accept to the full feature phase. */
        LOGIN_SECONDS(15, 1, 600),
        /** Logins of one address that may fail in the window below before its next ones are answered late. */
        LOGIN_FAILURES_PER_ADDRESS(10, 1, 1_000),
        /** Seconds in which so many logins may fail; like refusals in them are one burst. */
        LOGIN_FAILURE_WINDOW_SECONDS(60, 1, 3_600),
        /** Seconds by which a login is answered late at most; half of loginSeconds when that is less. */
        LOGIN_DELAY_SECONDS(5, 0, 60),
        /** Addresses whose failed logins are counted. */
        LOGIN_FAILURE_ADDRESSES(4_096, 64, 65_536),
        /** Seconds a login waits for the addresses of DNS names in an access list. */
        DNS_SECONDS(3, 1, 60),
        /** Seconds for which the addresses of a DNS name are believed. */
        DNS_CACHE_SECONDS(30, 1, 3_600),
        /** DNS names whose addresses are remembered. */
        DNS_NAMES(4_096, 64, 65_536),
        /** Seconds a discovery session may last; it counts as a login all the time. */
        DISCOVERY_SECONDS(60, 1, 3_600),
        /** Login or text negotiation bytes of one exchange, over all its PDUs. */
        TEXT_BYTES(65_536, 8_192, 1_048_576),
        /** Key=value pairs in one negotiation exchange. */
        TEXT_KEYS(256, 32, 4_096),
        /** Commands of one session that may be outstanding: the command window. */
        TASKS_PER_SESSION(128, 8, 1_024),
        /** Task management and other immediate PDUs of one session that may be outstanding beyond the window. */
        IMMEDIATE_TASKS_PER_SESSION(16, 1, 128),
        /** Largest data segment this target accepts. */
        MAX_RECV_DATA_SEGMENT_BYTES(262_144, 8_192, 1_048_576),
        /** MaxBurstLength offered. */
        MAX_BURST_BYTES(262_144, 8_192, 1_048_576),
        /** FirstBurstLength offered. */
        FIRST_BURST_BYTES(65_536, 512, 1_048_576),
        /** MaxOutstandingR2T offered. */
        MAX_OUTSTANDING_R2T(1, 1, 64),
        /** Largest transfer of one SCSI command. */
        TRANSFER_BYTES(33_554_432, 1_048_576, 1_073_741_824),
        /** Memory for write data that has arrived or was asked for, over all sessions. */
        DATA_OUT_BYTES(268_435_456, 16_777_216, 1_073_741_824),
        /** Memory for write data of one session. */
        DATA_OUT_BYTES_PER_SESSION(8_388_608, 1_048_576, 1_073_741_824),
        /** Output of one connection that may wait for the network before its input is paused. */
        OUTPUT_WAITING_BYTES(262_144, 65_536, 16_777_216),
        /** Seconds of silence after which a NOP-In asks whether the initiator is there; 0 never asks. */
        NOP_IN_SECONDS(15, 0, 3_600),
        /** Seconds a NOP-In may stay unanswered before the session is dropped. */
        NOP_IN_TIMEOUT_SECONDS(30, 1, 3_600),
        /** Seconds in which the holder of an exclusive disk must answer when another host asks for it. */
        PROBE_SECONDS(5, 1, 3_600),
        /** PDU headers that each connection remembers for its trace, about 96 bytes each; 0 records nothing. */
        RECORDED_PDUS(256, 0, 4_096),
        /** Trace files kept of sessions that ended by an error, and as many of logins that did. */
        TRACE_FILES(20, 0, 1_000),
        /** Bytes of all trace files of one kind. */
        TRACE_FILE_BYTES(8_388_608, 4_194_304, 1_073_741_824),
        /** Seconds for which commands wait for one that is missing before them; the session is dropped then. */
        COMMAND_GAP_SECONDS(10, 1, 600),
        /** Threads that wait for disks, over all disks. */
        DISK_THREADS(16, 2, 256),
        /** Disk threads that one disk may hold at once. */
        DISK_THREADS_PER_DISK(8, 2, 64),
        /** Percent of the host's file system left at which initiators of thin disks are told; 0 never. */
        SOFT_THRESHOLD_PERCENT(10, 0, 98),
        /** Seconds between two looks at the space that is left for thin disks. */
        SPACE_CHECK_SECONDS(10, 1, 3_600),
        /** EXTENDED COPY commands that may be under way over all disks, with 1 MiB of memory each. */
        COPIES_AT_ONCE(8, 1, 255),
        /** Bytes that one segment of an EXTENDED COPY may move. */
        COPY_SEGMENT_BYTES(67_108_864, 1_048_576, 1_073_741_824),
        /** Initiators remembered for the administrator to pick from. */
        INITIATORS_SEEN(1_000, 16, 100_000),
        /** Reservation keys of one cluster whose nodes are remembered. */
        KEYS_PER_CLUSTER(1_024, 64, 65_536),
        /** Largest write that an event loop does by itself on a disk that answers from memory; 0 never does. */
        INLINE_WRITE_BYTES(262_144, 0, 1_048_576),
        /** Disks in the inventory. */
        DISKS(4_096, 1, 65_536),
        /** Snapshots of one disk; a read may have to look into as many files. */
        SNAPSHOTS_PER_DISK(512, 1, 512),
        /** Targets in the inventory. */
        TARGETS(4_096, 1, 65_536),
        /** Credentials in the inventory. */
        CREDENTIALS(1_024, 1, 65_536),
        /** LUNs of one target. */
        LUNS_PER_TARGET(256, 1, 16_384),
        /** Initiator names allowed on one target. */
        INITIATORS_PER_TARGET(256, 1, 4_096),
        /** Nexuses whose unit attentions one disk remembers while they have no session. */
        NEXUSES_PER_DISK(1_024, 64, 65_536),
        /** Registrations by PERSISTENT RESERVE OUT of one disk; no more fit the file that keeps them. */
        REGISTRATIONS_PER_DISK(1_024, 256, 1_024),
        /** Versions of the inventory kept in {@code history/}. */
        INVENTORY_VERSIONS(200, 1, 10_000),
        /** Bytes of the files that keep what happened to clusters. */
        TIMELINE_BYTES(16_777_216, 524_288, 268_435_456),
        /** Seconds an iSNS server may take to connect or to answer. */
        ISNS_SECONDS(5, 1, 60),
        /** Largest answer taken from an iSNS server. */
        ISNS_ANSWER_BYTES(1_048_576, 65_536, 16_777_216),
        /** Seconds a stopping daemon gives running commands before it closes their sessions. */
        STOP_SECONDS(3, 1, 600);

        private final long defaultValue;
        private final long min;
        private final long max;

        Limit(long defaultValue, long min, long max) {
            this.defaultValue = defaultValue;
            this.min = min;
            this.max = max;
        }

        public long defaultValue() {
            return defaultValue;
        }

        public long min() {
            return min;
        }

        public long max() {
            return max;
        }

        /** The name in {@code kume.yaml}: {@code tasksPerSession} for {@code TASKS_PER_SESSION}. */
        public String key() {
            StringBuilder key = new StringBuilder();
            boolean upper = false;
            for (char c : name().toCharArray()) {
                if (c == '_') {
                    upper = true;
                } else {
                    key.append(upper ? c : Character.toLowerCase(c));
                    upper = false;
                }
            }
            return key.toString();
        }
    }

    public static final Limits DEFAULTS = new Limits(Map.of());

    private final long[] values = new long[Limit.values().length];

    private Limits(Map<Limit, Long> given) {
        for (Limit limit : Limit.values()) {
            values[limit.ordinal()] = given.getOrDefault(limit, limit.defaultValue());
        }
    }

    /**
     * Limits with some values given.
     *
     * @throws IllegalArgumentException naming the limit, its value and its range when one is out of range
     */
    public static Limits of(Map<Limit, Long> given) {
        given.forEach((limit, value) -> {
            if (value < limit.min() || value > limit.max()) {
                throw new IllegalArgumentException(
                        "%s is %d; it must be from %d to %d".formatted(limit.key(), value, limit.min(), limit.max()));
            }
        });
        return new Limits(given);
    }

    public long get(Limit limit) {
        return values[limit.ordinal()];
    }

    /** A limit that fits an int, as all but memory sizes do. */
    public int getInt(Limit limit) {
        return Math.toIntExact(get(limit));
    }

    /** All limits by their key, in the order of declaration. */
    public Map<String, Long> asMap() {
        Map<String, Long> all = new LinkedHashMap<>();
        for (Limit limit : Limit.values()) {
            all.put(limit.key(), get(limit));
        }
        return all;
    }
}
