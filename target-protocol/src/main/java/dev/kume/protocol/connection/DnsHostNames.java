package dev.kume.protocol.connection;

import dev.kume.protocol.event.ServerEvent;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The names as this host's resolver knows them: hosts file and DNS. Thread safe. */
public final class DnsHostNames implements HostNames {
    private static final Logger LOG = LoggerFactory.getLogger(DnsHostNames.class);

    private final Executor threads;

    /**
     * @param threads where lookups wait; bounded, with a bounded queue: a name that finds no room is not looked up
     */
    public DnsHostNames(Executor threads) {
        this.threads = threads;
    }

    @Override
    public CompletableFuture<Map<String, Set<InetAddress>>> addressesOf(Set<String> names) {
        Map<String, CompletableFuture<Set<InetAddress>>> lookups = new HashMap<>();
        for (String name : names) {
            lookups.put(name, lookUp(name));
        }
        return CompletableFuture.allOf(lookups.values().toArray(CompletableFuture[]::new))
                .thenApply(ignored -> {
                    Map<String, Set<InetAddress>> found = new HashMap<>();
                    lookups.forEach((name, lookup) -> found.put(name, lookup.join()));
                    return Map.copyOf(found);
                });
    }

    private CompletableFuture<Set<InetAddress>> lookUp(String name) {
        try {
            return CompletableFuture.supplyAsync(() -> addresses(name), threads);
        } catch (RejectedExecutionException full) {
            ServerEvent.NAME_NOT_LOOKED_UP.log(LOG, name);
            return CompletableFuture.completedFuture(Set.of());
        }
    }

    private static Set<InetAddress> addresses(String name) {
        try {
            return Set.of(InetAddress.getAllByName(name));
        } catch (UnknownHostException unknown) {
            ServerEvent.NAME_WITHOUT_ADDRESS.log(LOG, name);
            return Set.of();
        }
    }
}
