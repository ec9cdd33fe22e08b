package dev.kume.cli.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.kume.cli.api.ErrorCode;
import dev.kume.core.inventory.InitiatorIdentifier;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class HostNameCheckTest {
    private final List<String> asked = Collections.synchronizedList(new ArrayList<>());
    private final ExecutorService threads = Executors.newFixedThreadPool(1);
    private final CountDownLatch never = new CountDownLatch(1);

    @AfterEach
    void end() {
        never.countDown();
        threads.shutdownNow();
    }

    private void check(HostNames names, String... entries) {
        new HostNameCheck(names, threads, Duration.ofMillis(200))
                .check(List.of(entries).stream().map(InitiatorIdentifier::parse).toList());
    }

    private InetAddress[] known(String name) {
        asked.add(name);
        return new InetAddress[] {InetAddress.getLoopbackAddress()};
    }

    @Test
    void onlyDnsNamesAreLookedUp() {
        check(this::known, "10.0.0.1", "fd00::/64", "iqn.1991-05.com.microsoft:hv-node1", "A.example.com", "b");
        assertEquals(List.of("a.example.com", "b"), asked);
    }

    @Test
    void aNameThatDoesNotResolveIsRefused() {
        ApiException refused = assertThrows(
                ApiException.class,
                () -> check(
                        name -> {
                            throw new UnknownHostException(name);
                        },
                        "a.example.com"));
        assertEquals(ErrorCode.INVALID, refused.error().code());
        assertEquals(
                "the DNS name 'a.example.com' does not resolve on the server",
                refused.error().message());
    }

    @Test
    void aServerThatDoesNotAnswerIsNotWaitedFor() {
        ApiException refused = assertThrows(
                ApiException.class,
                () -> check(
                        name -> {
                            try {
                                never.await();
                            } catch (InterruptedException e) {
                                Thread.currentThread().interrupt();
                            }
                            return known(name);
                        },
                        "a.example.com"));
        assertEquals(ErrorCode.TIMED_OUT, refused.error().code());
    }
}
