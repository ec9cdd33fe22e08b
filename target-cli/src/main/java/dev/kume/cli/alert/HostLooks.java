package dev.kume.cli.alert;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Looks at directories on threads that may be stuck there: a file system that does not answer holds one of them for
 * each directory, is not asked again, and is seen to be silent. Never waits itself.
 */
final class HostLooks {
    private final HostFiles files;
    private final Executor threads;
    private final Map<Path, Look> looks = new ConcurrentHashMap<>();

    /**
     * The last look at a directory.
     *
     * @param answer     what was seen last; null before that
     * @param askedNanos since when an answer is waited for; null while none is
     */
    record Look(@Nullable Answer answer, @Nullable Long askedNanos) {}

    /**
     * What was seen.
     *
     * @param volume  the file system; null when it could not be told
     * @param gone    files that are not there
     * @param failure why it could not be told; null when it could
     */
    record Answer(
            HostFiles.@Nullable Volume volume,
            Set<Path> gone,
            @Nullable String failure) {}

    HostLooks(HostFiles files, Executor threads) {
        this.files = files;
        this.threads = threads;
    }

    /** Asks for a look at these directories, each with files in it, and forgets the others. */
    void ask(Map<Path, List<Path>> wanted, long nowNanos) {
        looks.keySet().retainAll(wanted.keySet());
        wanted.forEach((directory, inIt) -> {
            Look before = looks.get(directory);
            if (before == null || before.askedNanos() == null) {
                Answer last = before == null ? null : before.answer();
                looks.put(directory, new Look(last, nowNanos));
                ask(directory, List.copyOf(inIt), last);
            }
        });
    }

    private void ask(Path directory, Collection<Path> inIt, @Nullable Answer last) {
        try {
            threads.execute(() -> {
                Answer answer = look(directory, inIt);
                looks.computeIfPresent(directory, (same, before) -> new Look(answer, null));
            });
        } catch (RejectedExecutionException stopping) {
            looks.put(directory, new Look(last, null));
        }
    }

    private Answer look(Path directory, Collection<Path> inIt) {
        try {
            HostFiles.Volume volume = files.volume(directory);
            Set<Path> gone = new HashSet<>();
            inIt.stream().filter(files::isGone).forEach(gone::add);
            return new Answer(volume, gone, null);
        } catch (NoSuchFileException e) {
            return new Answer(null, Set.copyOf(inIt), null);
        } catch (IOException | RuntimeException e) {
            return new Answer(null, Set.of(), String.valueOf(e.getMessage()));
        }
    }

    /** What is known now, by directory. */
    Map<Path, Look> known() {
        return Map.copyOf(looks);
    }
}
