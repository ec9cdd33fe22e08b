package dev.kume.core.store;

import dev.kume.core.testing.Allocations;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/**
 * Reads the file that its argument names, and says how many bytes of the heap the best round of reads has taken for
 * each of them. A process of its own: what other tests have made the compiler believe is not what a daemon does.
 */
final class ReadAllocation {
    private static final int PAGE_BYTES = 4096;
    private static final int PAGES = 256;
    private static final int READS = 20_000;

    /** The first ones are the compiler's. */
    private static final int ROUNDS = 5_000;

    private ReadAllocation() {}

    public static void main(String[] arguments) throws IOException {
        double enoughBytes = Double.parseDouble(arguments[1]);
        ByteBuffer chunk = ByteBuffer.allocateDirect(PAGE_BYTES);
        double leastBytes = Double.MAX_VALUE;
        try (BackingStore store = LocalFiles.ofThisHost().open(Path.of(arguments[0]), true)) {
            for (int round = 0; round < ROUNDS && leastBytes > enoughBytes; round++) {
                long before = Allocations.bytesOfThisThread();
                long bytesRead = readManyTimes(store, chunk);
                long allocated = Allocations.bytesOfThisThread() - before;
                if (bytesRead != (long) READS * PAGE_BYTES) {
                    System.out.println("waits");
                    return;
                }
                leastBytes = Math.min(leastBytes, (double) allocated / READS);
            }
        }
        System.out.println(leastBytes);
    }

    private static long readManyTimes(BackingStore store, ByteBuffer chunk) {
        long bytes = 0;
        for (int i = 0; i < READS; i++) {
            bytes += store.tryRead((long) (i % PAGES) * PAGE_BYTES, chunk.clear());
        }
        return bytes;
    }
}
