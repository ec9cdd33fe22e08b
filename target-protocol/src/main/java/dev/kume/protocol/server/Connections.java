package dev.kume.protocol.server;

import dev.kume.protocol.connection.Connection;
import dev.kume.protocol.connection.LoopContext;
import dev.kume.protocol.connection.Target;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;

/** The connections of all loops: asked, told and ended, each on its own loop. Any thread. */
public final class Connections {
    private final List<LoopContext> loops;

    public Connections(List<LoopContext> loops) {
        this.loops = List.copyOf(loops);
    }

    static boolean isOf(Connection connection, Target target) {
        Target of = connection.target();
        return of != null && of.name().equals(target.name());
    }

    /** Does something with each connection that {@code which} accepts; some time later, on its loop. */
    public void each(Predicate<Connection> which, Consumer<Connection> action) {
        for (LoopContext loop : loops) {
            loop.execute(() -> loop.connections().stream().filter(which).forEach(action));
        }
    }

    /** Ends sessions; completes when no task of theirs is left. */
    public CompletableFuture<Void> end(Predicate<Connection> which, String why) {
        return ofEachLoop(loop -> {
                    List<CompletableFuture<Void>> ends = new ArrayList<>();
                    for (Connection connection : loop.connections()) {
                        if (which.test(connection)) {
                            CompletableFuture<Void> ended = new CompletableFuture<>();
                            ends.add(ended);
                            connection.dropAfterNotice(why);
                            connection.whenEnded(() -> ended.complete(null));
                        }
                    }
                    return ends;
                })
                .thenCompose(ends -> CompletableFuture.allOf(
                        ends.stream().flatMap(List::stream).toArray(CompletableFuture[]::new)));
    }

    /** Asks each loop, on the loop; the answers in the order of the loops. */
    public <T> CompletableFuture<List<T>> ofEachLoop(Function<LoopContext, T> question) {
        List<CompletableFuture<T>> answers = new ArrayList<>();
        for (LoopContext loop : loops) {
            CompletableFuture<T> answer = new CompletableFuture<>();
            answers.add(answer);
            loop.execute(() -> {
                try {
                    answer.complete(question.apply(loop));
                } catch (RuntimeException failure) {
                    answer.completeExceptionally(failure);
                }
            });
        }
        return CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new))
                .thenApply(
                        ignored -> answers.stream().map(CompletableFuture::join).toList());
    }
}
