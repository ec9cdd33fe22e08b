package dev.kume.cli.command;

/** How long work learns that the process is told to stop by Ctrl-C or SIGTERM. */
@FunctionalInterface
public interface Interrupts {
    /** Runs the action when the process is told to stop, unless the registration was ended before. */
    Registration onInterrupt(Runnable action);

    /** What {@link #onInterrupt} gave: ends when the action is not wanted any more. */
    @FunctionalInterface
    interface Registration {
        void end();
    }
}
