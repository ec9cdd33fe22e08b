package dev.kume.cli.daemon;

import dev.kume.core.store.BackingStore;
import dev.kume.core.store.LocalFiles;
import dev.kume.core.store.StoreProvider;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What a kill of the process would leave: a copy of a whole folder before and after each step that changes a file of
 * it, be it of the inventory, of notes or of disks.
 */
final class CrashStates {
    private static final Set<String> CHANGES =
            Set.of("write", "flush", "resize", "reserve", "punch", "zero", "copyFrom", "close");

    /** All files of the folder by their paths in it. */
    record State(String when, Map<String, byte[]> files) {
        boolean isSameAs(State other) {
            return files.keySet().equals(other.files().keySet())
                    && files.entrySet().stream()
                            .allMatch(file ->
                                    Arrays.equals(file.getValue(), other.files().get(file.getKey())));
        }
    }

    private final Path folder;
    private final List<State> states = new ArrayList<>();
    private volatile boolean recording;

    CrashStates(Path folder) {
        this.folder = folder;
    }

    void record(boolean on) {
        recording = on;
    }

    List<State> states() {
        return states;
    }

    private synchronized void keep(String when) {
        if (!recording) {
            return;
        }
        try {
            State now = new State(when, read());
            if (states.isEmpty() || !states.getLast().isSameAs(now)) {
                states.add(now);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Map<String, byte[]> read() throws IOException {
        Map<String, byte[]> files = new TreeMap<>();
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                if (attributes.isRegularFile()) {
                    files.put(folder.relativize(file).toString(), Files.readAllBytes(file));
                }
                return FileVisitResult.CONTINUE;
            }
        });
        return files;
    }

    /** Makes the folder be as it was then, and nothing else. */
    void restore(State state) throws IOException {
        for (String there : read().keySet()) {
            Files.delete(folder.resolve(there));
        }
        for (Map.Entry<String, byte[]> file : state.files().entrySet()) {
            Path path = folder.resolve(file.getKey());
            Files.createDirectories(path.getParent());
            Files.write(path, file.getValue());
        }
    }

    DurableFiles files() {
        return new DurableFiles() {
            @Override
            public void write(Path file, byte[] content) throws IOException {
                keep("before write of " + file);
                DurableFiles.OF_THIS_HOST.write(file, content);
                keep("after write of " + file);
            }

            @Override
            public void replace(Path from, Path to) throws IOException {
                DurableFiles.OF_THIS_HOST.replace(from, to);
                keep("after replacing " + to);
            }

            @Override
            public void remove(Path file) throws IOException {
                keep("before removal of " + file);
                DurableFiles.OF_THIS_HOST.remove(file);
                keep("after removal of " + file);
            }
        };
    }

    StoreProvider stores() {
        StoreProvider local = LocalFiles.ofThisHost();
        return (StoreProvider) Proxy.newProxyInstance(
                StoreProvider.class.getClassLoader(),
                new Class<?>[] {StoreProvider.class},
                (proxy, method, arguments) -> {
                    String what = method.getName() + " " + arguments[0];
                    boolean changes = !method.getName().equals("open");
                    if (changes) {
                        keep("before " + what);
                    }
                    Object result = call(() -> method.invoke(local, arguments));
                    if (changes) {
                        keep("after " + what);
                    }
                    return result instanceof BackingStore store ? watched(store) : result;
                });
    }

    private BackingStore watched(BackingStore store) {
        return (BackingStore) Proxy.newProxyInstance(
                BackingStore.class.getClassLoader(),
                new Class<?>[] {BackingStore.class},
                (proxy, method, arguments) -> {
                    Object result = call(() -> method.invoke(store, arguments));
                    if (CHANGES.contains(method.getName())) {
                        keep("after " + method.getName() + " of " + store.location());
                    }
                    return result;
                });
    }

    private interface Call {
        Object make() throws ReflectiveOperationException;
    }

    private static Object call(Call call) throws Throwable {
        try {
            return call.make();
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }
}
