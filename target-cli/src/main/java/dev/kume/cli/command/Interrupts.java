package dev.kume.cli.command;

/** How long work learns that the process is told to stop by Ctrl-C or SIGTERM. */
@FunctionalInterface
public interface Interrupts {
    /** Runs the action when the process is told to stop, unless the registration was closed before. */
    Registration onInterrupt(Runnable action);

    /** Ends the registration. */
    @FunctionalInterface
    interface Registration extends AutoCloseable {
        @Override
        void close();
    }
}
