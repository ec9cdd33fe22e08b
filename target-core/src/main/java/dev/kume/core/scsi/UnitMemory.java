package dev.kume.core.scsi;

import java.io.IOException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Where a unit keeps what must outlive the daemon: reservations, saved mode pages, work that goes on after a crash. */
@FunctionalInterface
public interface UnitMemory {
    /** Keeps nothing: for units whose state may die with them. */
    UnitMemory NONE = (state, saved) -> saved.accept(null);

    /**
     * Makes the durable part of {@code state} durable. Never waits; one at a time.
     *
     * @param saved told once, on some thread, or in the call itself: null, or why it is not known to be durable
     */
    void save(UnitState state, Consumer<@Nullable IOException> saved);
}
