package dev.kume.cli.api;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The daemon at one look.
 *
 * @param version          of Kume
 * @param state            {@code ready}, {@code draining} or {@code stopping}
 * @param pid              its process
 * @param host             the host name that default IQNs carry
 * @param started          when it started
 * @param uptimeSeconds    since then
 * @param stateDirectory   where inventory and history are
 * @param configFile       what it was started with; null with built-in defaults
 * @param socket           the management socket
 * @param transport        {@code epoll} or {@code nio}
 * @param inventoryVersion grows with every change
 * @param portals          where initiators connect
 * @param isns             the iSNS servers that are told of the targets
 * @param counts           how much there is
 * @param limits           every limit in force, by its name in {@code kume.yaml}
 * @param alarms           what is wrong now, the oldest first
 * @param remote           the management API on the network; null when it is not wanted there
 */
public record StatusView(
        String version,
        String state,
        long pid,
        String host,
        Instant started,
        long uptimeSeconds,
        String stateDirectory,
        @Nullable String configFile,
        String socket,
        String transport,
        long inventoryVersion,
        List<Portal> portals,
        List<IsnsServer> isns,
        Counts counts,
        Map<String, Long> limits,
        List<AlarmView> alarms,
        @Nullable Remote remote) {
    public static final String READY = "ready";
    public static final String DRAINING = "draining";
    public static final String STOPPING = "stopping";

    public StatusView {
        portals = Lists.orEmpty(portals);
        isns = Lists.orEmpty(isns);
        limits = Lists.orEmpty(limits);
        alarms = Lists.orEmpty(alarms);
    }

    /**
     * One listening address.
     *
     * @param name    of the portal in {@code kume.yaml}
     * @param address {@code host:port} that is really bound
     * @param state   {@code listening} or {@code closed}
     */
    public record Portal(String name, String address, String state) {
        public static final String LISTENING = "listening";
        public static final String CLOSED = "closed";
    }

    /**
     * How things stand with one iSNS server.
     *
     * @param server        {@code host:port}
     * @param status        {@code registered}, {@code connecting}, {@code failed}, {@code nothing to register} or
     *                      {@code stopped}
     * @param since         when this status began
     * @param detail        one line for people
     * @param portals       registered there
     * @param targets       registered there
     * @param periodSeconds the registration period that the server granted; 0 for none
     */
    public record IsnsServer(
            String server, String status, Instant since, String detail, int portals, int targets, long periodSeconds) {
        public static final String REGISTERED = "registered";
    }

    /**
     * The management API on the network.
     *
     * @param address     {@code host:port}
     * @param state       {@code listening}, {@code starting} or {@code failed}
     * @param detail      why it does not listen; null otherwise
     * @param fingerprint of the server's key, for clients to pin; null while there is no certificate
     * @param expires     when the certificate ends
     * @param certificate the file with it, for clients that take it as their authority
     */
    public record Remote(
            String address,
            String state,
            @Nullable String detail,
            @Nullable String fingerprint,
            @Nullable Instant expires,
            String certificate) {
        public static final String LISTENING = "listening";
        public static final String STARTING = "starting";
        public static final String FAILED = "failed";
    }

    /** How much there is. */
    public record Counts(
            int disks,
            int disksInUse,
            int disksOffline,
            int targets,
            int mappings,
            int sessions,
            int initiatorsSeen,
            int operationsRunning) {}
}
