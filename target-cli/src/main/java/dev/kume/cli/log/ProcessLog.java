package dev.kume.cli.log;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import java.util.Iterator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds the log of this process. */
public final class ProcessLog {
    private ProcessLog() {}

    /** The log as the program set it up; {@link DaemonLog#NONE} where somebody else did. */
    public static DaemonLog find() {
        if (LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME) instanceof ch.qos.logback.classic.Logger root) {
            Iterator<Appender<ILoggingEvent>> appenders = root.iteratorForAppenders();
            while (appenders.hasNext()) {
                if (appenders.next() instanceof LogAppender ours) {
                    return ours.output();
                }
            }
        }
        return DaemonLog.NONE;
    }
}
