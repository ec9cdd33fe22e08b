package dev.kume.cli.log;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.UnsynchronizedAppenderBase;

/** From the logging library to our own output. */
public final class LogAppender extends UnsynchronizedAppenderBase<ILoggingEvent> {
    private final LogOutput output;

    public LogAppender(LogOutput output) {
        this.output = output;
    }

    @Override
    protected void append(ILoggingEvent event) {
        output.submit(LogLine.of(event));
    }

    public LogOutput output() {
        return output;
    }
}
