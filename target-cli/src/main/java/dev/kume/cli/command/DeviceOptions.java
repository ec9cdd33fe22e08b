package dev.kume.cli.command;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What initiators are told that a disk is. */
final class DeviceOptions {
    @Option(
            names = "--write-cache",
            paramLabel = "on|off",
            description = "off: writes are durable before they are answered, until an initiator switches it on.")
    private @Nullable OnOff writeCache;

    @Option(
            names = "--rotation",
            paramLabel = "ssd|RPM",
            description = "ssd, or revolutions per minute, such as 7200: whether hosts defragment or trim.")
    private @Nullable String rotation;

    @Option(names = "--vendor", paramLabel = "TEXT", description = "The vendor hosts see: at most 8 characters.")
    private @Nullable String vendor;

    @Option(names = "--product", paramLabel = "TEXT", description = "The product hosts see: at most 16 characters.")
    private @Nullable String product;

    boolean given() {
        return writeCache != null || rotation != null || vendor != null || product != null;
    }

    @Nullable
    Boolean writeCache() {
        return writeCache == null ? null : writeCache == OnOff.ON;
    }

    @Nullable
    String rotation() {
        return rotation;
    }

    @Nullable
    String vendor() {
        return vendor;
    }

    @Nullable
    String product() {
        return product;
    }
}
