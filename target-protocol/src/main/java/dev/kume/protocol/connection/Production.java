package dev.kume.protocol.connection;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Makes more Data-In while the network takes it, so much in one turn of the loop and no more: a reader that is as fast
 * as we are would hold the loop for itself. Loop only.
 */
final class Production {
    private final Output output;
    private final Consumer<Runnable> later;
    private @Nullable FullFeature feature;
    private boolean underWay;
    private boolean asked;

    /** @param later runs something in another turn of the loop */
    Production(Output output, Consumer<Runnable> later) {
        this.output = output;
        this.later = later;
    }

    void of(FullFeature loggedIn) {
        feature = loggedIn;
    }

    /** The session has ended. */
    void stop() {
        feature = null;
    }

    /** The network takes more. */
    void goOn() {
        FullFeature of = feature;
        if (of == null || underWay) {
            return;
        }
        // News of a flush of our own comes in the middle of a turn, which does not begin anew by that.
        boolean inTurn = output.isFlushing();
        underWay = true;
        try {
            // A flush may drain everything, which tells nobody while we are here.
            while (!output.congested() && of.hasMoreToProduce()) {
                of.produceMore();
                output.flush();
            }
        } finally {
            underWay = false;
        }
        if (inTurn) {
            askForAnotherTurn();
        } else {
            endOfTurn();
        }
    }

    /** What was made in this turn is flushed; what did not fit into it goes on in another one. */
    void endOfTurn() {
        askForAnotherTurn();
        output.newTurn();
    }

    private void askForAnotherTurn() {
        FullFeature of = feature;
        if (output.turnIsFull() && !asked && of != null && of.hasMoreToProduce()) {
            asked = true;
            later.accept(this::inAnotherTurn);
        }
    }

    private void inAnotherTurn() {
        asked = false;
        goOn();
    }
}
