package dev.kume.core.scsi;

import java.io.IOException;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Keeps the durable state of a unit in memory; a test may hold each save and decide how it ends. */
public final class HeldMemory implements UnitMemory {
    /** True: saves succeed at once. */
    public boolean answersAtOnce;

    /** What a restart would find. */
    public DurableState saved = DurableState.INITIAL;

    private @Nullable UnitState asked;
    private @Nullable Consumer<@Nullable IOException> waiting;

    @Override
    public void save(UnitState state, Consumer<@Nullable IOException> told) {
        if (asked != null) {
            throw new AssertionError("a save while another one is under way");
        }
        asked = state;
        waiting = told;
        if (answersAtOnce) {
            answer(null);
        }
    }

    /** Ends the save that is waited for: well, or with this failure. */
    public void answer(@Nullable IOException failure) {
        Consumer<@Nullable IOException> told = Objects.requireNonNull(waiting, "no save is under way");
        if (failure == null) {
            saved = Objects.requireNonNull(asked).durable();
        }
        asked = null;
        waiting = null;
        told.accept(failure);
    }
}
