package dev.kume.core.measure;

import jdk.jfr.Category;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;

/** Commands of a disk were ended, as the Flight Recorder has it. */
@Name("dev.kume.Fence")
@Label("Fence")
@Category({"Kume", "Disk"})
@StackTrace(false)
final class FenceEvent extends Event {
    @Label("Disk")
    String disk;

    @Label("All Commands Waited")
    boolean quiesce;

    @Label("Time")
    @Timespan(Timespan.NANOSECONDS)
    long time;

    FenceEvent(String disk, boolean quiesce, long time) {
        this.disk = disk;
        this.quiesce = quiesce;
        this.time = time;
    }
}
