package dev.kume.system;

import dev.kume.system.VerbRuns.Ending;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * SIGKILL of the daemon during each verb of snapshots, while two nodes write each disk. A snapshot that there is has
 * exactly what was on its disks at one moment. {@code -Dkume.full=true} kills 20 times in each verb.
 */
final class SnapshotKillClientIT {
    private static final int KILLS = Boolean.getBoolean("kume.full") ? 20 : 3;
    private static final long SEED = Long.getLong("kume.seed", 6);
    private static final String VHDX = "\"size\":\"64MB\",\"format\":\"vhdx\",\"type\":\"dynamic\",\"blockSizeMb\":1";
    private static final String VHD = "\"size\":\"64MB\",\"format\":\"vhd\",\"type\":\"dynamic\"";
    private static final String FIXED = "\"size\":\"64MB\",\"format\":\"vhd\",\"sparse\":true";

    @TempDir
    Path directory;

    /** The verb of some disks. */
    @FunctionalInterface
    private interface Trial {
        Verb of(SnapshotTrials trials);
    }

    private void kill(String what, List<String> kinds, Trial trial) throws Exception {
        try (RunningDaemon daemon = RunningDaemon.start(directory, "", VerbRuns.QUICK_START)) {
            List<LoadedDisk> disks = new ArrayList<>();
            for (String kind : kinds) {
                disks.add(LoadedDisk.create(daemon, "disk" + disks.size(), kind, SEED + 10 * disks.size()));
            }
            Verb verb = trial.of(new SnapshotTrials(daemon, disks));
            new VerbRuns(daemon, disks, Ending.KILL, SEED).run(what, KILLS, verb);
            daemon.stop();
        }
    }

    @Test
    @EnabledIfSystemProperty(named = "kume.full", matches = "true")
    void takeOfOneDisk() throws Exception {
        kill("snapshot create", List.of(VHDX), SnapshotTrials::take);
    }

    @Test
    void takeOfSeveralDisks() throws Exception {
        kill("snapshot create of three", List.of(VHDX, VHD, FIXED), SnapshotTrials::take);
    }

    @Test
    void remove() throws Exception {
        kill("snapshot remove", List.of(VHDX), SnapshotTrials::remove);
    }

    @Test
    @EnabledIfSystemProperty(named = "kume.full", matches = "true")
    void removeVhd() throws Exception {
        kill("snapshot remove vhd", List.of(FIXED), SnapshotTrials::remove);
    }

    @Test
    void restore() throws Exception {
        kill("snapshot restore", List.of(VHDX), SnapshotTrials::restore);
    }

    @Test
    @EnabledIfSystemProperty(named = "kume.full", matches = "true")
    void restoreVhd() throws Exception {
        kill("snapshot restore vhd", List.of(VHD), SnapshotTrials::restore);
    }

    @Test
    void mountWritable() throws Exception {
        kill("snapshot mount --writable", List.of(VHDX), SnapshotTrials::mount);
    }

    @Test
    void cloneOfADisk() throws Exception {
        kill("disk clone", List.of(VHD), SnapshotTrials::cloneDisk);
    }
}
