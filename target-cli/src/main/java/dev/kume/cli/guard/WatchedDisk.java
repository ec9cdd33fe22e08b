package dev.kume.cli.guard;

import dev.kume.core.volume.Volume;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/** A disk as those see it that look for unreserved writers. */
interface WatchedDisk {
    /** For people. */
    String name();

    /** True when several hosts may write the disk. */
    boolean isShared();

    /** True while somebody holds it, by whatever reservation. */
    boolean isReserved();

    /** Who is registered and who holds it: another instance after each change. */
    Object reservations();

    /** Hosts with a session, who came first first. */
    List<String> hosts();

    /** What has been written, each way for itself. */
    List<WriteTurns.Write> writes();

    /**
     * Reads what lies on the disk, some time, on a disk thread.
     *
     * @param found told once; an empty list when it cannot be read
     */
    void findVolumes(Consumer<List<Volume>> found);

    /** Keeps these hosts, and no others, from writing. */
    void freeze(Set<String> hosts);
}
