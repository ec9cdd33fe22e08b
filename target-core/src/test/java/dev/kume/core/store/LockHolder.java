package dev.kume.core.store;

import java.nio.file.Path;

/** A second process: opens a file as a daemon would, says so, and holds it until its input ends. */
final class LockHolder {
    private LockHolder() {}

    public static void main(String[] args) throws Exception {
        BackingStore store = LocalFiles.ofThisHost().open(Path.of(args[0]), Boolean.parseBoolean(args[1]));
        System.out.println("locked " + store.sizeBytes());
        while (System.in.read() >= 0) {
            continue;
        }
    }
}
