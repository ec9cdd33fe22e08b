package dev.kume.protocol.connection;

import java.net.InetAddress;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/** DNS as a server needs it: from the name that the administrator wrote to its addresses, never the other way. */
@FunctionalInterface
public interface HostNames {
    /** Knows no name. */
    HostNames NONE = names -> CompletableFuture.completedFuture(Map.of());

    /**
     * Looks names up, without waiting in the caller. Any thread.
     *
     * @return the addresses of each name that has some; it may take as long as DNS takes, and completes anywhere
     */
    CompletableFuture<Map<String, Set<InetAddress>>> addressesOf(Set<String> names);
}
