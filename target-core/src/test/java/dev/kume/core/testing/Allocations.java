package dev.kume.core.testing;

import java.lang.reflect.Method;

/** Bytes that the calling thread has allocated. By reflection, because core's module does not read jdk.management. */
public final class Allocations {
    private Allocations() {}

    /** All bytes since the thread began; differences count, to within one thread-local buffer of the heap. */
    public static long bytesOfThisThread() {
        try {
            Object threads = Class.forName("java.lang.management.ManagementFactory")
                    .getMethod("getThreadMXBean")
                    .invoke(null);
            Method bytes = Class.forName("com.sun.management.ThreadMXBean").getMethod("getCurrentThreadAllocatedBytes");
            return (long) bytes.invoke(threads);
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }
}
