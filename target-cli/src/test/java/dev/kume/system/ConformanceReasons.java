package dev.kume.system;

import java.util.Map;

/** Why tests of {@code iscsi-test-cu} do not pass, where that is right. {@code Family.Test} to the reason. */
final class ConformanceReasons {
    /** What the tool's own code makes impossible to pass, for any target. */
    static final Map<String, String> FAULTS_OF_THE_TOOL = Map.of(
            "iSCSITMF.LUNResetSimpleAsync",
            "test_async_lu_reset_simple.c:157 asserts that the reset's callback has run, directly after queueing the"
                    + " reset and before any call of iscsi_service, which alone could send it",
            "WriteSame10.UnmapUntilEnd",
            "test_writesame10_unmap_until_end.c:57 sends a block of FFh with UNMAP and wants zeroes back, though LBPRZ"
                    + " is 1; the same test of WRITE SAME(16) clears the block first",
            "GetLBAStatus.UnmapSingle",
            "test_get_lba_status_unmap_single.c:120 asks for the status from LBA i + 1 on and wants a first descriptor"
                    + " that begins at i + 8, wherever a physical block has 8 logical ones");

    /** What the tool leaves out, and why that is right. */
    static final Map<String, String> EXPECTED_SKIPS = Map.of(
            "WriteAtomic16.VPD",
            "test_writeatomic16_vpd.c looks for refusals of writes without alignment and granularity; none is asked for",
            "Inquiry.VersionDescriptors",
            "test_inquiry_version_descriptors.c holds no assertion: it logs what it sees");

    private ConformanceReasons() {}
}
