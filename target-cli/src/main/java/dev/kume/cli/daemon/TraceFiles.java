package dev.kume.cli.daemon;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.kume.cli.api.ApiJson;
import dev.kume.cli.files.Causes;
import dev.kume.cli.log.ServiceEvent;
import dev.kume.core.Clock;
import dev.kume.core.Limits;
import dev.kume.core.Limits.Limit;
import dev.kume.protocol.trace.ConnectionTrace;
import dev.kume.protocol.trace.PduFields;
import dev.kume.protocol.trace.TraceDumps;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The traces of connections that were closed for an error, as files in {@code traces/}. Asked by any thread, which
 * never waits; the files are written by the executor.
 *
 * <p>Sessions and strangers, who were not logged in, have as many files each, so that strangers push nobody's out. Of
 * each kind one is written in a second and the rest is counted: whoever breaks the rules all day does not keep the disk
 * busy.
 */
final class TraceFiles implements TraceDumps {
    private static final Logger LOG = LoggerFactory.getLogger(TraceFiles.class);
    private static final long INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

    private final Path directory;
    private final Clock clock;
    private final Executor executor;
    private final PduFields fields;
    private final int filesMax;
    private final long bytesMax;
    private final JsonMapper json = ApiJson.lenient();
    private final Kind sessions = new Kind("session-");
    private final Kind logins = new Kind("login-");

    /** What has happened to the traces of one kind. Locked by itself. */
    private static final class Kind {
        private final String prefix;
        private boolean any;
        private long lastNanos;
        private boolean writing;
        private long leftOut;

        private Kind(String prefix) {
            this.prefix = prefix;
        }

        /** The number of those left out since the last one that was written, or -1: this one is left out too. */
        private synchronized long admit(long nowNanos) {
            if (writing || (any && nowNanos - lastNanos < INTERVAL_NANOS)) {
                leftOut++;
                return -1;
            }
            any = true;
            writing = true;
            lastNanos = nowNanos;
            long before = leftOut;
            leftOut = 0;
            return before;
        }

        private synchronized void written() {
            writing = false;
        }
    }

    /**
     * @param directory made when the first file is written
     * @param executor  writes: one file at a time of each kind
     */
    TraceFiles(Path directory, Clock clock, Executor executor, Limits limits, PduFields fields) {
        this.directory = directory;
        this.clock = clock;
        this.executor = executor;
        this.fields = fields;
        this.filesMax = limits.getInt(Limit.TRACE_FILES);
        this.bytesMax = limits.get(Limit.TRACE_FILE_BYTES);
    }

    @Override
    public @Nullable String keep(String why, boolean loggedIn, Supplier<ConnectionTrace> trace) {
        Kind kind = loggedIn ? sessions : logins;
        long leftOut = filesMax == 0 ? -1 : kind.admit(clock.nanoTime());
        if (leftOut < 0) {
            return null;
        }
        ConnectionTrace taken = trace.get();
        Path file = directory.resolve(
                "%s%s-%d.json".formatted(kind.prefix, TIME.format(clock.now()), taken.connectionId()));
        try {
            executor.execute(() -> write(kind, file, why, taken));
        } catch (RejectedExecutionException stopping) {
            kind.written();
            return null;
        }
        if (leftOut > 0) {
            ServiceEvent.TRACES_LEFT_OUT.log(LOG, leftOut);
        }
        return file.toString();
    }

    private void write(Kind kind, Path file, String why, ConnectionTrace trace) {
        try {
            byte[] content = json.writeValueAsBytes(TraceFacts.view(trace, why, fields));
            StateDirectory.create(directory);
            makeRoom(kind.prefix, content.length);
            Files.write(file, content);
        } catch (IOException e) {
            ServiceEvent.TRACE_NOT_WRITTEN.log(LOG, file, Causes.of(e));
        } finally {
            kind.written();
        }
    }

    /** Their names begin with the time: the first in order are the oldest. */
    private void makeRoom(String prefix, long newBytes) throws IOException {
        Deque<Path> files = new ArrayDeque<>();
        try (Stream<Path> all = Files.list(directory)) {
            all.filter(path -> path.getFileName().toString().startsWith(prefix))
                    .sorted()
                    .forEach(files::addLast);
        }
        long bytes = newBytes;
        for (Path each : files) {
            bytes += Files.size(each);
        }
        while (!files.isEmpty() && (files.size() >= filesMax || bytes > bytesMax)) {
            Path oldest = files.removeFirst();
            bytes -= Files.size(oldest);
            Files.delete(oldest);
        }
    }
}
