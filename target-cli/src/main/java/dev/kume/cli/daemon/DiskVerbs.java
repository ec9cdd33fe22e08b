package dev.kume.cli.daemon;

/** What is done with whole disks, as operations: one class for each. */
record DiskVerbs(
        DiskConversion conversion,
        DiskDuplication duplication,
        DiskExporting exporting,
        DiskChecking checking,
        DiskCompacting compacting,
        DiskResizing resizing) {}
