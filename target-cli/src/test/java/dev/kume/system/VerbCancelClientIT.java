package dev.kume.system;

import dev.kume.system.VerbRuns.Ending;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A cancel of each verb in its middle, while two nodes write each disk: what is cancelled has changed nothing, and can
 * be done again. {@code -Dkume.full=true} cancels 20 times in each verb.
 */
final class VerbCancelClientIT {
    private static final int CANCELS = Boolean.getBoolean("kume.full") ? 20 : 3;
    private static final long SEED = Long.getLong("kume.seed", 7);
    private static final String VHDX = "\"size\":\"64MB\",\"format\":\"vhdx\",\"type\":\"dynamic\",\"blockSizeMb\":1";
    private static final String DYNAMIC_VHDX = "\"format\":\"vhdx\",\"type\":\"dynamic\"";
    private static final String DYNAMIC_VHD = "\"format\":\"vhd\",\"type\":\"dynamic\"";

    @TempDir
    Path directory;

    @Test
    void disks() throws Exception {
        try (RunningDaemon daemon = RunningDaemon.start(directory, "", VerbRuns.QUICK_START)) {
            LoadedDisk disk = LoadedDisk.create(daemon, "one", VHDX, SEED);
            DiskTrials trials = new DiskTrials(daemon, disk);
            VerbRuns runs = new VerbRuns(daemon, List.of(disk), Ending.CANCEL, SEED);
            runs.run("create", CANCELS, trials.create("\"size\":\"256MB\",\"format\":\"vhd\""));
            runs.run("copy", CANCELS, trials.copy(DYNAMIC_VHDX));
            runs.run("export", CANCELS, trials.export(DYNAMIC_VHD));
            runs.run("compact", CANCELS, trials.compact());
            runs.run("grow", CANCELS, trials.grow());
            runs.run("shrink", CANCELS, trials.shrink());
            runs.run("convert", CANCELS, trials.convert("vhdx dynamic", "vhd dynamic", "raw fixed", "vhdx fixed"));
            daemon.stop();
        }
    }

    @Test
    void snapshots() throws Exception {
        try (RunningDaemon daemon = RunningDaemon.start(directory, "", VerbRuns.QUICK_START)) {
            LoadedDisk one = LoadedDisk.create(daemon, "one", VHDX, SEED);
            LoadedDisk two = LoadedDisk.create(daemon, "two", "\"size\":\"64MB\"," + DYNAMIC_VHD, SEED + 10);
            List<LoadedDisk> both = List.of(one, two);
            VerbRuns ofBoth = new VerbRuns(daemon, both, Ending.CANCEL, SEED);
            SnapshotTrials trials = new SnapshotTrials(daemon, both);
            ofBoth.run("snapshot create", CANCELS, trials.take());
            trials.removeAll();
            VerbRuns ofOne = new VerbRuns(daemon, List.of(one), Ending.CANCEL, SEED);
            SnapshotTrials single = new SnapshotTrials(daemon, List.of(one));
            ofOne.run("snapshot remove", CANCELS, single.remove());
            single.removeAll();
            ofOne.run("snapshot mount --writable", CANCELS, single.mount());
            ofOne.run("snapshot restore", CANCELS, single.restore());
            ofOne.run("disk clone", CANCELS, single.cloneDisk());
            daemon.stop();
        }
    }
}
