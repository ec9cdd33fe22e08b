package dev.kume.cli.log;

import java.io.IOException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** One place of the log and how it fares there. Under the lock of the output. */
final class Outlet {
    private final LogTarget target;
    private long lost;
    private @Nullable String trouble;

    /** What became of a line. */
    enum Outcome {
        WRITTEN,
        /** It is the first that was lost. */
        BEGINS_TO_FAIL,
        FAILS,
        /** It is the first that was written again. */
        WORKS_AGAIN
    }

    Outlet(LogTarget target) {
        this.target = target;
    }

    String place() {
        return target.place();
    }

    /** Why it cannot be written; null when it can. */
    @Nullable
    String trouble() {
        return trouble;
    }

    Outcome write(LogLine line, LogFormat format) {
        try {
            if (trouble != null) {
                LogLine again = LogLine.of(line.time(), ServiceEvent.LOG_WRITABLE, target.place(), lost);
                target.write(again, format);
                trouble = null;
                lost = 0;
                target.write(line, format);
                return Outcome.WORKS_AGAIN;
            }
            target.write(line, format);
            return Outcome.WRITTEN;
        } catch (IOException e) {
            boolean first = trouble == null;
            trouble = reason(e);
            lost++;
            return first ? Outcome.BEGINS_TO_FAIL : Outcome.FAILS;
        }
    }

    /** What other places are told of this one. */
    LogLine complaint(Instant time) {
        return LogLine.of(time, ServiceEvent.LOG_NOT_WRITABLE, target.place(), trouble);
    }

    void close() {
        try {
            target.close();
        } catch (IOException e) {
            trouble = reason(e);
        }
    }

    private static String reason(IOException e) {
        return e instanceof java.nio.file.FileSystemException file && file.getReason() == null
                ? file.getClass().getSimpleName().replace("Exception", "") + " " + file.getFile()
                : String.valueOf(e.getMessage());
    }
}
