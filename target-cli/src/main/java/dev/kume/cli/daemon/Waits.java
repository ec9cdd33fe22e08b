package dev.kume.cli.daemon;

import dev.kume.cli.api.ErrorCode;
import dev.kume.cli.log.ServiceEvent;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Waiting for what event loops and disks do, but not for ever. */
final class Waits {
    private static final Logger LOG = LoggerFactory.getLogger(Waits.class);

    private Waits() {}

    /** The result, or null when the thread is interrupted: it stops. */
    static <T> @Nullable T await(CompletableFuture<T> future, Duration time, String doing) {
        try {
            return future.get(time.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            ServiceEvent.API_WAIT_TOO_LONG.log(LOG, doing, time.toSeconds());
            throw new ApiException(
                    ErrorCode.TIMED_OUT,
                    "%s took more than %d seconds".formatted(doing, time.toSeconds()),
                    "it is written down and goes on; look after the disks, the daemon's log may say which");
        } catch (ExecutionException e) {
            if (e.getCause() instanceof ApiException refusal) {
                throw refusal;
            }
            throw new IllegalStateException(doing + " failed", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return null;
        }
    }
}
