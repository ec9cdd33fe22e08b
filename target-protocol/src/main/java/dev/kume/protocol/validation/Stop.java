package dev.kume.protocol.validation;

import java.util.concurrent.CompletableFuture;

/** How a validation is asked to end before its end. Thread safe. */
public final class Stop {
    private final CompletableFuture<String> asked = new CompletableFuture<>();
    private final Runnable poll;

    /** One that nobody but {@link #ask} asks. */
    public Stop() {
        poll = () -> {};
    }

    /** @param poll looks again and again, in the thread of the validation, whether there is something to ask for */
    public Stop(Runnable poll) {
        this.poll = poll;
    }

    /** @param reason one line for people */
    public void ask(String reason) {
        asked.complete(reason);
    }

    boolean isAsked() {
        poll.run();
        return asked.isDone();
    }

    String reason() {
        return asked.getNow("");
    }

    CompletableFuture<String> asked() {
        return asked;
    }
}
