package dev.kume.cli.audit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.kume.cli.api.ApiJson;
import dev.kume.cli.api.AuditView;
import dev.kume.cli.log.LogTroubles;
import dev.kume.cli.log.RotatingFile;
import dev.kume.cli.log.ServiceEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The file of administrative changes, one JSON object a line, each durable before its change is answered. It is
 * bounded: the oldest of its files goes when there are too many.
 *
 * <p>A change is made also when it cannot be written down: who has a full disk must be able to free it. That is an
 * alarm, every such change is in the daemon's log, and how many there were is written down as soon as that works again.
 * Thread safe; may wait.
 */
public final class AuditLog implements AutoCloseable {
    static final long FILE_BYTES = 4 << 20;
    static final int OLDER_FILES = 7;

    private static final Logger LOG = LoggerFactory.getLogger(AuditLog.class);
    private static final JsonMapper JSON = ApiJson.lenient();

    private final Path directory;
    private final RotatingFile file;
    private final LogTroubles troubles;
    private @Nullable Instant failingSince;
    private long missed;

    /** @param directory is made when it is not there */
    public AuditLog(Path directory, LogTroubles troubles) {
        this(directory, FILE_BYTES, troubles);
    }

    AuditLog(Path directory, long fileBytes, LogTroubles troubles) {
        this.directory = directory;
        this.file = new RotatingFile(directory.resolve("audit.log"), fileBytes, OLDER_FILES);
        this.troubles = troubles;
    }

    /** Writes a change down, durably. False when that did not work: then the log says so, and an alarm. */
    public synchronized boolean write(AuditView change) {
        try {
            Files.createDirectories(directory);
            Instant since = failingSince;
            if (since != null) {
                file.append(line(gap(change.time(), since)));
            }
            file.append(line(change));
            file.force();
            if (since != null) {
                failingSince = null;
                troubles.over(place());
                ServiceEvent.AUDIT_WRITABLE.log(LOG, missed);
                missed = 0;
            }
            return true;
        } catch (IOException e) {
            if (failingSince == null) {
                failingSince = change.time();
                troubles.begun(place(), reason(e));
            }
            missed++;
            ServiceEvent.AUDIT_NOT_WRITABLE.log(LOG, reason(e), change.caller(), change.from(), change.what());
            return false;
        }
    }

    /** The changes that the predicate accepts, the newest first, so many at most. */
    public synchronized List<AuditView> newest(Predicate<AuditView> wanted, int limit) throws IOException {
        List<AuditView> found = new ArrayList<>();
        for (int number = 0; number <= OLDER_FILES && found.size() < limit; number++) {
            Path each = file.numbered(number);
            if (Files.exists(each)) {
                addNewest(each, wanted, limit - found.size(), found);
            }
        }
        return found;
    }

    private static void addNewest(Path file, Predicate<AuditView> wanted, int limit, List<AuditView> found)
            throws IOException {
        Deque<AuditView> last = new ArrayDeque<>();
        try (Stream<String> lines = Files.lines(file)) {
            lines.map(AuditLog::read).filter(Objects::nonNull).filter(wanted).forEach(change -> {
                last.addLast(change);
                if (last.size() > limit) {
                    last.removeFirst();
                }
            });
        }
        last.descendingIterator().forEachRemaining(found::add);
    }

    /** What a line says; null when a crash has cut it short. */
    private static @Nullable AuditView read(String line) {
        try {
            return JSON.readValue(line, AuditView.class);
        } catch (JsonProcessingException e) {
            return null;
        }
    }

    private AuditView gap(Instant now, Instant since) {
        return new AuditView(
                now,
                "kume",
                "local",
                "GAP",
                "/v1/audit",
                List.of(),
                "failed",
                "%d changes since %s could not be written down; the log of the daemon names them"
                        .formatted(missed, since),
                null,
                null,
                null,
                null);
    }

    private String place() {
        return "audit log " + file.path();
    }

    private static String line(AuditView change) throws IOException {
        return JSON.writeValueAsString(change) + "\n";
    }

    @Override
    public synchronized void close() {
        try {
            file.close();
        } catch (IOException e) {
            troubles.begun(place(), reason(e));
        }
    }

    private static String reason(IOException e) {
        return e.getMessage() == null ? e.toString() : e.getMessage();
    }
}
