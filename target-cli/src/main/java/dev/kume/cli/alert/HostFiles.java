package dev.kume.cli.alert;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;

/** The files of this host. All of it may wait for as long as a file system likes. */
public interface HostFiles {
    /** Those of this machine. */
    HostFiles OF_THIS_HOST = new HostFiles() {
        @Override
        public Volume volume(Path directory) throws IOException {
            FileStore store = Files.getFileStore(directory);
            return new Volume(store.toString(), store.getUsableSpace(), store.getTotalSpace(), store.isReadOnly());
        }

        @Override
        public boolean isGone(Path file) {
            return Files.notExists(file);
        }
    };

    /**
     * A file system.
     *
     * @param name      for people, the same as long as it is mounted: {@code /srv (/dev/sdb1)}
     * @param freeBytes what the daemon may still take of it
     */
    record Volume(String name, long freeBytes, long totalBytes, boolean readOnly) {}

    /** The file system that a directory lies in. */
    Volume volume(Path directory) throws IOException;

    /** True when there is certainly no such file. */
    boolean isGone(Path file);
}
