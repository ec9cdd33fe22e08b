package dev.kume.system;

import java.util.Map;

/** Why tests of {@code iscsi-test-cu} do not pass, where that is right. {@code Family.Test} to the reason. */
final class ConformanceReasons {
    /** What the tool's own code makes impossible to pass, for any target that keeps to the standard. */
    static final Map<String, String> FAULTS_OF_THE_TOOL = Map.of(
            "iSCSITMF.LUNResetSimpleAsync",
            "test_async_lu_reset_simple.c:157 asserts that the reset's callback has run, directly after queueing the"
                    + " reset and before any call of iscsi_service, which alone could send it",
            "WriteSame10.UnmapUntilEnd",
            "test_writesame10_unmap_until_end.c:57 sends a block of FFh with UNMAP and wants zeroes back, though LBPRZ"
                    + " is 1, where SBC-3 wants the block written; the same test of WRITE SAME(16) clears it first",
            "GetLBAStatus.UnmapSingle",
            "test_get_lba_status_unmap_single.c:120 asks for the status from LBA i + 1 on and wants a first descriptor"
                    + " that begins at i + 8, wherever a physical block has 8 logical ones",
            "Sanitize.Reset",
            "test_sanitize_reset.c sleeps three seconds after SANITIZE and wants it to be under way still; the disk of"
                    + " 32 MB is overwritten by then");

    private static final String NOT_REMOVABLE = "the disk is not removable (RMB 0), as a cluster's disk must be";
    private static final String NO_CRYPTOGRAPHIC_ERASE =
            "looks at CRYPTOGRAPHIC ERASE first, and leaves when that is not there: the disk has no key to throw away";
    private static final String NO_ASSERTION = "all its checks went well, and it asserts only where one goes wrong";

    /** What the tool leaves out, and why that is right. */
    static final Map<String, String> EXPECTED_SKIPS = Map.ofEntries(
            Map.entry("Inquiry.VersionDescriptors", "it logs what it sees and holds no assertion"),
            Map.entry("NoMedia.NoMediaSBC", NOT_REMOVABLE),
            Map.entry("PreventAllow.Simple", NOT_REMOVABLE),
            Map.entry("PreventAllow.Eject", NOT_REMOVABLE),
            Map.entry("PreventAllow.ITNexusLoss", NOT_REMOVABLE),
            Map.entry("PreventAllow.Logout", NOT_REMOVABLE),
            Map.entry("PreventAllow.WarmReset", NOT_REMOVABLE),
            Map.entry("PreventAllow.ColdReset", NOT_REMOVABLE),
            Map.entry("PreventAllow.LUNReset", NOT_REMOVABLE),
            Map.entry("PreventAllow.2ITNexuses", NOT_REMOVABLE),
            Map.entry("StartStopUnit.Simple", NOT_REMOVABLE),
            Map.entry("StartStopUnit.PwrCnd", NOT_REMOVABLE),
            Map.entry("StartStopUnit.NoLoej", NOT_REMOVABLE),
            Map.entry("Sanitize.CryptoErase", NO_CRYPTOGRAPHIC_ERASE),
            Map.entry("Sanitize.Readonly", NO_CRYPTOGRAPHIC_ERASE),
            Map.entry("Sanitize.Reservations", NO_CRYPTOGRAPHIC_ERASE),
            Map.entry("Unmap.VPD", NO_ASSERTION),
            Map.entry("WriteSame10.UnmapVPD", NO_ASSERTION),
            Map.entry("WriteSame16.UnmapVPD", NO_ASSERTION));

    private ConformanceReasons() {}
}
