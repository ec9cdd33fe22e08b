package dev.kume.protocol.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.core.Limits;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What is believed of DNS, and for how long. */
final class HostNameCacheTest {
    private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();
    private static final Set<String> NAME = Set.of("hv-node1.example.com");

    private final SetClock clock = new SetClock();
    private final List<CompletableFuture<Map<String, Set<InetAddress>>>> asked = new ArrayList<>();
    private final HostNameCache cache = new HostNameCache(
            names -> {
                asked.add(new CompletableFuture<>());
                return asked.getLast();
            },
            clock,
            Limits.DEFAULTS);

    @Test
    void answerIsBelievedForItsTime() {
        CompletableFuture<Void> refresh = cache.refresh(NAME);
        assertFalse(refresh.isDone());
        assertEquals(Map.of(), cache.fresh(NAME));
        asked.getFirst().complete(Map.of("hv-node1.example.com", Set.of(LOOPBACK)));
        assertTrue(refresh.isDone());
        assertEquals(Map.of("hv-node1.example.com", Set.of(LOOPBACK)), cache.fresh(NAME));
        assertTrue(cache.refresh(NAME).isDone());
        assertEquals(1, asked.size());
        clock.passSeconds(30);
        assertEquals(Map.of(), cache.fresh(NAME));
        assertEquals(Map.of("hv-node1.example.com", Set.of(LOOPBACK)), cache.known(NAME));
    }

    @Test
    void nameIsLookedUpOnceForAllThatWait() {
        CompletableFuture<Void> first = cache.refresh(NAME);
        CompletableFuture<Void> second = cache.refresh(NAME);
        assertEquals(1, asked.size());
        asked.getFirst().completeExceptionally(new IllegalStateException("no DNS"));
        assertTrue(first.isDone() && second.isDone());
        assertFalse(first.isCompletedExceptionally());
    }

    @Test
    void failureLetsNobodyInAndTakesNobodysSession() {
        cache.refresh(NAME);
        asked.getFirst().complete(Map.of("hv-node1.example.com", Set.of(LOOPBACK)));
        clock.passSeconds(31);
        cache.refresh(NAME);
        asked.get(1).complete(Map.of());
        assertEquals(Map.of("hv-node1.example.com", Set.of()), cache.fresh(NAME));
        assertEquals(Map.of("hv-node1.example.com", Set.of(LOOPBACK)), cache.known(NAME));
    }

    @Test
    void resolverOfThisHostKnowsItselfAndNoInvalidName() {
        HostNames dns = new DnsHostNames(Runnable::run);
        Map<String, Set<InetAddress>> found =
                dns.addressesOf(Set.of("localhost", "nothing.invalid")).join();
        assertTrue(found.get("localhost").stream().allMatch(InetAddress::isLoopbackAddress), found::toString);
        assertFalse(found.get("localhost").isEmpty());
        assertEquals(Set.of(), found.get("nothing.invalid"));
    }

    @Test
    void lookupForWhichThereIsNoThreadFindsNothing() {
        HostNames dns = new DnsHostNames(command -> {
            throw new java.util.concurrent.RejectedExecutionException();
        });
        assertEquals(
                Map.of("localhost", Set.of()),
                dns.addressesOf(Set.of("localhost")).join());
    }
}
