package dev.kume.cli.command;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** What a command does again and again until the process is told to stop; the stop waits for the end of a screen. */
final class Repetition implements AutoCloseable {
    private static final long END_SECONDS = 2;

    private final CompletableFuture<Void> stop = new CompletableFuture<>();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private final Interrupts.Registration registration;

    Repetition(Interrupts interrupts) {
        registration = interrupts.onInterrupt(this::interrupted);
    }

    /** Waits for so long; true when the process was told to stop meanwhile. */
    boolean isStoppedWithin(long seconds) {
        return wait(stop, seconds);
    }

    /** On the thread of the interrupt, which must not end the process in the middle of a screen. */
    private void interrupted() {
        stop.complete(null);
        wait(ended, END_SECONDS);
    }

    /** True when it has completed in this time. */
    private static boolean wait(CompletableFuture<Void> future, long seconds) {
        try {
            future.get(seconds, TimeUnit.SECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    @Override
    public void close() {
        ended.complete(null);
        registration.end();
    }
}
