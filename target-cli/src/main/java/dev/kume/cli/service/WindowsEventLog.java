package dev.kume.cli.service;

import dev.kume.cli.log.SystemLog;
import dev.kume.core.host.ScmCalls;
import dev.kume.core.host.WindowsException;
import dev.kume.protocol.event.Severity;
import java.io.IOException;

/** The Event Log of Windows: Application, with Kume as its source and the numbers of events as their ids. */
public final class WindowsEventLog implements SystemLog {
    private static final int ERROR = 1;
    private static final int WARNING = 2;
    private static final int INFORMATION = 4;

    /** Of the 31,839 that Windows takes, in characters. */
    private static final int TEXT_MAX = 30_000;

    private final ScmCalls calls;
    private final long source;

    private WindowsEventLog(ScmCalls calls, long source) {
        this.calls = calls;
        this.source = source;
    }

    /** Opens it for as long as the process lives. */
    public static SystemLog open(ScmCalls calls) throws WindowsException {
        return new WindowsEventLog(calls, calls.eventSource(WindowsService.NAME));
    }

    @Override
    public void write(Severity severity, int number, String text) throws IOException {
        int type = switch (severity) {
            case CRITICAL, ERROR -> ERROR;
            case WARNING -> WARNING;
            case INFO -> INFORMATION;
        };
        // A NUL would end the text for Windows.
        String clean = text.replace('\0', ' ');
        calls.report(source, type, number, clean.length() > TEXT_MAX ? clean.substring(0, TEXT_MAX) : clean);
    }
}
