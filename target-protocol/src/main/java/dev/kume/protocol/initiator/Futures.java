package dev.kume.protocol.initiator;

import java.util.concurrent.CompletableFuture;

/** What CompletableFuture has no word for. */
final class Futures {
    private Futures() {}

    /** Completes one as another one is completed. */
    static <T> void forward(CompletableFuture<T> from, CompletableFuture<T> to) {
        var _ = from.whenComplete((value, failure) -> {
            if (failure == null) {
                to.complete(value);
            } else {
                to.completeExceptionally(failure);
            }
        });
    }
}
