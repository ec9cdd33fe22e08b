package dev.kume.cli.log;

import dev.kume.protocol.event.Severity;

/** The log that an operating system has for services, such as the Windows Event Log. On the thread of the log. */
@FunctionalInterface
public interface SystemLog {
    /**
     * Takes one line.
     *
     * @param number of its event, as in {@link dev.kume.protocol.event.EventFacts#number}
     * @throws java.io.IOException when it takes nothing at the moment
     */
    void write(Severity severity, int number, String text) throws java.io.IOException;
}
