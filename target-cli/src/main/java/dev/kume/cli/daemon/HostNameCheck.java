package dev.kume.cli.daemon;

import dev.kume.cli.api.ErrorCode;
import dev.kume.core.inventory.InitiatorIdentifier;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Refuses DNS names that do not resolve, before they go onto an access list: a misspelt one would let nobody in, and
 * say so only when it is needed. Any thread; look-ups run on threads of their own, for they cannot be given up.
 */
final class HostNameCheck {
    private final HostNames names;
    private final ExecutorService threads;
    private final Duration limit;

    /** @param limit for one name; one that takes longer is refused */
    HostNameCheck(HostNames names, ExecutorService threads, Duration limit) {
        this.names = names;
        this.threads = threads;
        this.limit = limit;
    }

    /** Looks up what of these entries is a DNS name; throws at the first that does not resolve. */
    void check(List<InitiatorIdentifier> entries) {
        List<String> asked = new ArrayList<>();
        List<Future<?>> answers = new ArrayList<>();
        for (InitiatorIdentifier entry : entries) {
            if (entry instanceof InitiatorIdentifier.HostName host) {
                asked.add(host.name());
                answers.add(threads.submit(() -> names.lookUp(host.name())));
            }
        }
        try {
            for (int i = 0; i < asked.size(); i++) {
                await(asked.get(i), answers.get(i));
            }
        } finally {
            answers.forEach(answer -> answer.cancel(true));
        }
    }

    private void await(String name, Future<?> answer) {
        try {
            answer.get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw new ApiException(
                    ErrorCode.INVALID,
                    "the DNS name '%s' does not resolve on the server".formatted(name),
                    "look for a misspelling, mend DNS, or allow an iSCSI name or an address instead");
        } catch (TimeoutException e) {
            throw new ApiException(
                    ErrorCode.TIMED_OUT,
                    "DNS did not answer about '%s' within %d seconds".formatted(name, limit.toSeconds()),
                    "look after the server's name servers, or allow an iSCSI name or an address instead");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancellationException("interrupted");
        }
    }
}
