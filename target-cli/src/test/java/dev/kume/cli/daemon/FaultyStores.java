package dev.kume.cli.daemon;

import dev.kume.core.store.BackingStore;
import dev.kume.core.store.HostSpace;
import dev.kume.core.store.LocalFiles;
import dev.kume.core.store.NoSpaceException;
import dev.kume.core.store.StoreProvider;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;

/** Local files that can be full or slow. */
final class FaultyStores implements StoreProvider {
    private final StoreProvider files = LocalFiles.ofThisHost();

    volatile boolean full;

    /** What the file systems say is free; -1 for what is. */
    volatile long freeBytes = -1;

    volatile Runnable opening = () -> {};
    volatile boolean removesNothing;
    volatile CountDownLatch reserving = new CountDownLatch(0);
    volatile CountDownLatch mayReserve = new CountDownLatch(0);

    @Override
    public BackingStore open(Path path, boolean readOnly) throws IOException {
        opening.run();
        return faulty(path, files.open(path, readOnly));
    }

    @Override
    public BackingStore create(Path path) throws IOException {
        return faulty(path, files.create(path));
    }

    private BackingStore faulty(Path path, BackingStore store) {
        Class<?>[] seams = {BackingStore.class};
        return (BackingStore) Proxy.newProxyInstance(
                BackingStore.class.getClassLoader(), seams, (proxy, method, arguments) -> {
                    if (method.getName().equals("reserve")) {
                        reserving.countDown();
                        mayReserve.await();
                        if (full) {
                            throw new NoSpaceException(path + ": no space left on the device");
                        }
                    }
                    if (method.getName().equals("hostSpace") && freeBytes >= 0) {
                        return new HostSpace(freeBytes, Long.MAX_VALUE);
                    }
                    try {
                        return method.invoke(store, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    @Override
    public void remove(Path path) throws IOException {
        if (removesNothing) {
            throw new IOException("broken by the test");
        }
        files.remove(path);
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
        files.rename(from, to);
    }

    @Override
    public void syncDirectory(Path directory) throws IOException {
        files.syncDirectory(directory);
    }
}
