package dev.kume.cli.daemon;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;

/** Files whose steps go wrong at a number. */
final class FaultyFiles implements DurableFiles {
    /** How the world ends at a step. */
    enum Fault {
        /** The process is killed in the middle of the step; nothing more happens. */
        KILLED_BEFORE,
        /** The process is killed when the step has been done. */
        KILLED_AFTER,
        /** The step fails, once. */
        FAILS,
        /** The step and all that follow fail: the device is gone. */
        FAILS_FROM_THEN_ON
    }

    static final class Killed extends Error {
        private static final long serialVersionUID = 1L;
    }

    private interface Step {
        void run() throws IOException;
    }

    private final int faultyStep;
    private final Fault fault;
    private int steps;

    FaultyFiles(int faultyStep, Fault fault) {
        this.faultyStep = faultyStep;
        this.fault = fault;
    }

    int steps() {
        return steps;
    }

    @Override
    public void write(Path file, byte[] content) throws IOException {
        step(
                () -> DurableFiles.OF_THIS_HOST.write(file, content),
                () -> DurableFiles.OF_THIS_HOST.write(file, Arrays.copyOf(content, content.length / 2)));
    }

    @Override
    public void writePrivate(Path file, byte[] content) throws IOException {
        step(
                () -> DurableFiles.OF_THIS_HOST.writePrivate(file, content),
                () -> DurableFiles.OF_THIS_HOST.writePrivate(file, Arrays.copyOf(content, content.length / 2)));
    }

    @Override
    public void remove(Path file) throws IOException {
        step(() -> DurableFiles.OF_THIS_HOST.remove(file), () -> {});
    }

    @Override
    public void replace(Path from, Path to) throws IOException {
        step(() -> DurableFiles.OF_THIS_HOST.replace(from, to), () -> {});
    }

    @Override
    public void syncDirectory(Path directory) throws IOException {
        step(() -> DurableFiles.OF_THIS_HOST.syncDirectory(directory), () -> {});
    }

    private void step(Step whole, Step half) throws IOException {
        steps++;
        if (steps < faultyStep || (steps > faultyStep && fault == Fault.FAILS)) {
            whole.run();
            return;
        }
        switch (fault) {
            case KILLED_BEFORE -> {
                half.run();
                throw new Killed();
            }
            case KILLED_AFTER -> {
                whole.run();
                throw new Killed();
            }
            case FAILS, FAILS_FROM_THEN_ON -> {
                half.run();
                throw new IOException("No space left on device");
            }
        }
    }
}
