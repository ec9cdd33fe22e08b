package dev.kume.cli;

import dev.kume.cli.command.Interrupts;

/** Interrupts of this process: the JVM runs the action on a thread of its own while it shuts down. */
final class ProcessInterrupts implements Interrupts {
    @Override
    public Registration onInterrupt(Runnable action) {
        Thread hook = Thread.ofPlatform().name("kume-interrupt").unstarted(action);
        Runtime.getRuntime().addShutdownHook(hook);
        return () -> {
            try {
                Runtime.getRuntime().removeShutdownHook(hook);
            } catch (IllegalStateException e) {
                // The shutdown has begun, and with it the action: there is nothing left to take back.
            }
        };
    }
}
