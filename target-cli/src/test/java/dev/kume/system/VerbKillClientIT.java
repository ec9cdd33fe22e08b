package dev.kume.system;

import dev.kume.system.VerbRuns.Ending;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * SIGKILL of the daemon during each verb that works on disks, while two nodes write them. The page cache outlives a
 * process: every write that was answered must be there. {@code -Dkume.full=true} kills 20 times in each verb.
 */
final class VerbKillClientIT {
    private static final int KILLS = Boolean.getBoolean("kume.full") ? 20 : 3;
    private static final long SEED = Long.getLong("kume.seed", 5);
    private static final String DYNAMIC_VHDX = "\"format\":\"vhdx\",\"type\":\"dynamic\"";
    private static final String DYNAMIC_VHD = "\"format\":\"vhd\",\"type\":\"dynamic\"";
    private static final String SMALL_VHDX = DYNAMIC_VHDX + ",\"blockSizeMb\":1";
    private static final String SIZE = "\"size\":\"64MB\",";

    @TempDir
    Path directory;

    /** The verb of a disk. */
    @FunctionalInterface
    private interface Trial {
        Verb of(DiskTrials trials) throws Exception;
    }

    private void kill(String what, String kind, Trial trial) throws Exception {
        try (RunningDaemon daemon = RunningDaemon.start(directory, "", VerbRuns.QUICK_START)) {
            LoadedDisk disk = LoadedDisk.create(daemon, "one", SIZE + kind, SEED);
            Verb verb = trial.of(new DiskTrials(daemon, disk));
            new VerbRuns(daemon, List.of(disk), Ending.KILL, SEED).run(what, KILLS, verb);
            daemon.stop();
        }
    }

    @Test
    @EnabledIfSystemProperty(named = "kume.full", matches = "true")
    void noVerbVhdx() throws Exception {
        kill("nothing, vhdx", SMALL_VHDX, DiskTrials::nothing);
    }

    @Test
    @EnabledIfSystemProperty(named = "kume.full", matches = "true")
    void noVerbVhd() throws Exception {
        kill("nothing, vhd", DYNAMIC_VHD, DiskTrials::nothing);
    }

    @Test
    void noVerbChildOfVhdx() throws Exception {
        killChild("nothing, differencing vhdx", SMALL_VHDX);
    }

    @Test
    void noVerbChildOfVhd() throws Exception {
        killChild("nothing, differencing vhd", "\"format\":\"vhd\"");
    }

    private void killChild(String what, String kind) throws Exception {
        try (RunningDaemon daemon = RunningDaemon.start(directory, "", VerbRuns.QUICK_START)) {
            Operation.done(
                    daemon, "/v1/disks", "{\"name\":\"base\",\"sharing\":\"read-only\",%s%s}".formatted(SIZE, kind));
            LoadedDisk disk = LoadedDisk.create(daemon, "one", "\"type\":\"differencing\",\"parent\":\"base\"", SEED);
            Verb nothing = new DiskTrials(daemon, disk).nothing();
            new VerbRuns(daemon, List.of(disk), Ending.KILL, SEED).run(what, KILLS, nothing);
            daemon.stop();
        }
    }

    @Test
    void create() throws Exception {
        kill("create fixed vhd", DYNAMIC_VHD, trials -> trials.create("\"size\":\"256MB\",\"format\":\"vhd\""));
    }

    @Test
    @EnabledIfSystemProperty(named = "kume.full", matches = "true")
    void createDynamic() throws Exception {
        kill("create dynamic vhdx", SMALL_VHDX, trials -> trials.create("\"size\":\"1TB\"," + DYNAMIC_VHDX));
    }

    @Test
    void importWithANewIdentity() throws Exception {
        kill("import", DYNAMIC_VHD, trials -> trials.importing(DYNAMIC_VHDX));
    }

    @Test
    void convert() throws Exception {
        kill(
                "convert",
                SMALL_VHDX,
                trials -> trials.convert(
                        "vhdx dynamic",
                        "vhd dynamic",
                        "raw fixed",
                        "vhdx fixed",
                        "vhd fixed",
                        "vhdx dynamic",
                        "raw fixed"));
    }

    @Test
    void copy() throws Exception {
        kill("copy", DYNAMIC_VHD, trials -> trials.copy(DYNAMIC_VHDX));
    }

    @Test
    void export() throws Exception {
        kill("export", SMALL_VHDX, trials -> trials.export(DYNAMIC_VHD));
    }

    @Test
    void compact() throws Exception {
        kill("compact", SMALL_VHDX, DiskTrials::compact);
    }

    @Test
    @EnabledIfSystemProperty(named = "kume.full", matches = "true")
    void compactVhd() throws Exception {
        kill("compact vhd", DYNAMIC_VHD, DiskTrials::compact);
    }

    @Test
    void grow() throws Exception {
        kill("grow", SMALL_VHDX, DiskTrials::grow);
    }

    @Test
    @EnabledIfSystemProperty(named = "kume.full", matches = "true")
    void growVhd() throws Exception {
        kill("grow vhd", DYNAMIC_VHD, DiskTrials::grow);
    }

    @Test
    void shrink() throws Exception {
        kill("shrink", SMALL_VHDX, DiskTrials::shrink);
    }

    @Test
    @EnabledIfSystemProperty(named = "kume.full", matches = "true")
    void shrinkVhd() throws Exception {
        kill("shrink vhd", DYNAMIC_VHD, DiskTrials::shrink);
    }
}
