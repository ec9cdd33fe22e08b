package dev.kume.containers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.io.IOException;
import java.util.List;
import org.testcontainers.containers.Container.ExecResult;
import org.testcontainers.containers.ExecConfig;
import org.testcontainers.containers.GenericContainer;

/**
 * How a program in a container ended.
 *
 * @param words what was run
 * @param exit  its status
 * @param out   standard output
 * @param err   standard error
 */
record Said(List<String> words, int exit, String out, String err) {
    static Said by(GenericContainer<?> container, String user, String... words) {
        ExecConfig.ExecConfigBuilder config = ExecConfig.builder().command(words);
        try {
            ExecResult result = container.execInContainer(
                    user.isEmpty() ? config.build() : config.user(user).build());
            return new Said(List.of(words), result.getExitCode(), result.getStdout(), result.getStderr());
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while " + List.of(words) + " ran", e);
        }
    }

    /** Standard output of a program that must have ended with 0. */
    String outOfSuccess() {
        assertEquals(0, exit, this::toString);
        return out;
    }

    /** Everything that was said by a program that must have ended with 0. */
    String ofSuccess() {
        return outOfSuccess() + err;
    }

    /** Everything that was said by a program that must not have ended with 0. */
    String ofFailure() {
        assertNotEquals(0, exit, this::toString);
        return out + err;
    }

    @Override
    public String toString() {
        return "`%s` (exit %d)\n%s%s".formatted(String.join(" ", words), exit, out, err);
    }
}
