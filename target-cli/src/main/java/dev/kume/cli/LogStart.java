package dev.kume.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ConfiguratorRank;
import ch.qos.logback.core.spi.ContextAwareBase;
import dev.kume.cli.log.LogAppender;
import dev.kume.cli.log.LogOutput;
import dev.kume.core.Clock;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Sets the log up when the first logger is asked for: found by the logging library as a service of this module. Tests,
 * which know no modules, keep a file of their own.
 */
@ConfiguratorRank(ConfiguratorRank.CUSTOM_HIGH_PRIORITY)
public final class LogStart extends ContextAwareBase implements Configurator {
    /** A level that no setting changes, for who looks for a bug. */
    private static final String LEVEL = "KUME_LOG_LEVEL";

    @Override
    public ExecutionStatus configure(LoggerContext context) {
        Clock clock = new ProcessClock();
        Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
        LogOutput output = new LogOutput(
                clock,
                Thread.ofPlatform().name("kume-log").daemon(true).factory(),
                root,
                Level.toLevel(System.getenv(LEVEL), null),
                // A service of Windows has no standard error.
                Boolean.getBoolean("kume.service")
                        ? OutputStream.nullOutputStream()
                        : new FileOutputStream(FileDescriptor.err),
                isJournal(System.getenv("JOURNAL_STREAM")));
        LogAppender appender = new LogAppender(output);
        appender.setContext(context);
        appender.setName("kume");
        appender.start();
        context.getLogger("io.netty").setLevel(Level.WARN);
        root.addAppender(appender);
        return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }

    /** journald names the stream that it reads, for children may have been given another one. */
    static boolean isJournal(@Nullable String stream) {
        if (stream == null) {
            return false;
        }
        try {
            Path error = Path.of("/proc/self/fd/2");
            return stream.equals(Files.getAttribute(error, "unix:dev") + ":" + Files.getAttribute(error, "unix:ino"));
        } catch (IOException | UnsupportedOperationException e) {
            return false;
        }
    }
}
