package dev.kume.cli.daemon;

import dev.kume.cli.log.DaemonLog;
import dev.kume.cli.service.Supervisor;
import dev.kume.core.Clock;
import dev.kume.core.disk.DiskFormats;
import dev.kume.core.store.StoreProvider;
import java.util.random.RandomGenerator;

/**
 * What the daemon takes from the machine it runs on.
 *
 * @param name    the host's name, for IQNs
 * @param version of Kume
 * @param pid     of this process
 * @param clock   its clocks
 * @param random  for identities: not to be guessed, not to be repeated
 * @param stores  its files
 * @param formats the disk formats served
 * @param files   its small files
 * @param names   its way to ask DNS
 * @param supervisor who wants to know how it stands
 * @param log     of this process
 */
record HostSystem(
        String name,
        String version,
        long pid,
        Clock clock,
        RandomGenerator random,
        StoreProvider stores,
        DiskFormats formats,
        DurableFiles files,
        HostNames names,
        Supervisor supervisor,
        DaemonLog log) {
    /** Of a daemon that nobody supervises. */
    HostSystem(
            String name,
            String version,
            long pid,
            Clock clock,
            RandomGenerator random,
            StoreProvider stores,
            DiskFormats formats,
            DurableFiles files,
            HostNames names) {
        this(name, version, pid, clock, random, stores, formats, files, names, Supervisor.NONE, DaemonLog.NONE);
    }
}
