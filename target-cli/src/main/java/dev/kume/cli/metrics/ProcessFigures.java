package dev.kume.cli.metrics;

import java.io.IOException;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The daemon as a process of this host, at one moment.
 *
 * @param heapLimitBytes what the heap may grow to
 * @param cpuSeconds     0 where the system does not tell
 * @param residentBytes  -1 where the system does not tell
 */
record ProcessFigures(
        long heapUsedBytes,
        long heapLimitBytes,
        List<Collector> collectors,
        int threads,
        double cpuSeconds,
        long residentBytes) {
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final double NANOS_PER_SECOND = 1e9;
    private static final double MILLIS_PER_SECOND = 1e3;
    private static final long BYTES_PER_KB = 1_024;

    /** One collector of garbage. */
    record Collector(String name, long collections, double seconds) {}

    static ProcessFigures now() {
        MemoryUsage heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage();
        List<Collector> collectors = new ArrayList<>();
        for (GarbageCollectorMXBean each : ManagementFactory.getGarbageCollectorMXBeans()) {
            collectors.add(new Collector(
                    each.getName(),
                    Math.max(0, each.getCollectionCount()),
                    Math.max(0, each.getCollectionTime()) / MILLIS_PER_SECOND));
        }
        double cpuSeconds = ProcessHandle.current()
                .info()
                .totalCpuDuration()
                .map(time -> time.toNanos() / NANOS_PER_SECOND)
                .orElse(0.0);
        return new ProcessFigures(
                heap.getUsed(),
                heap.getMax(),
                collectors,
                ManagementFactory.getThreadMXBean().getThreadCount(),
                cpuSeconds,
                residentNow());
    }

    private static long residentNow() {
        try {
            for (String line : Files.readAllLines(STATUS)) {
                if (line.startsWith("VmRSS:")) {
                    return Long.parseLong(line.replaceAll("\\D", "")) * BYTES_PER_KB;
                }
            }
        } catch (IOException | NumberFormatException e) {
            return -1; // Another system.
        }
        return -1;
    }
}
