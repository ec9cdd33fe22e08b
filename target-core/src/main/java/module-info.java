/** Kume core: SCSI logical units, virtual disks and what is provisioned. Knows neither iSCSI nor YAML. */
module dev.kume.core {
    requires jdk.jfr;
    requires static transitive org.jspecify;

    exports dev.kume.core;
    exports dev.kume.core.disk;
    exports dev.kume.core.disk.block;
    exports dev.kume.core.disk.raw;
    exports dev.kume.core.disk.vhd;
    exports dev.kume.core.disk.vhdx;
    exports dev.kume.core.host;
    exports dev.kume.core.inventory;
    exports dev.kume.core.io;
    exports dev.kume.core.measure;
    exports dev.kume.core.memory;
    exports dev.kume.core.nexus;
    exports dev.kume.core.reservation;
    exports dev.kume.core.scsi;
    exports dev.kume.core.scsi.command;
    exports dev.kume.core.scsi.sanitize;
    exports dev.kume.core.store;
    exports dev.kume.core.volume;
}
