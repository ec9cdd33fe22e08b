package dev.kume.cli.command;

import dev.kume.cli.api.ClusterDiskAdd;
import dev.kume.cli.terminal.CliException;
import dev.kume.cli.terminal.ExitCode;
import dev.kume.core.Sizes;
import dev.kume.core.inventory.ClusterRole;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What files the new disks of a cluster get, and how disks are written: {@code NAME=SIZE@LUN}. */
final class ClusterDisks {
    private static final Pattern FORM = Pattern.compile("([^=@]+)(=([^@]*))?(@(.*))?");

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            description = "The format of new disks: ${COMPLETION-CANDIDATES} (default: vhd).")
    private @Nullable Format format;

    @Option(
            names = "--type",
            paramLabel = "TYPE",
            description = "How new disks hold their blocks: fixed or dynamic (default: fixed).")
    private @Nullable Type type;

    @Option(names = "--sparse", description = "New disks take space as it is written instead of reserving it now.")
    private boolean sparse;

    /** Disks of one role, as they were written. */
    List<ClusterDiskAdd> of(ClusterRole role, String option, List<String> given) {
        List<ClusterDiskAdd> disks = new ArrayList<>();
        given.forEach(text -> disks.add(of(role, option, text)));
        return disks;
    }

    /** {@code vms=30GB}: one that is made; {@code vms}: one that is there; behind both, {@code @1}: its LUN. */
    ClusterDiskAdd of(ClusterRole role, String option, String text) {
        Matcher form = FORM.matcher(text);
        if (!form.matches()) {
            throw wrong(option, text, "write NAME=SIZE, or NAME of a disk that is there; @LUN may follow");
        }
        String size = form.group(3);
        if (size != null) {
            try {
                Sizes.parse(size);
            } catch (IllegalArgumentException e) {
                throw wrong(option, text, e.getMessage());
            }
        }
        boolean isMadeSparse = sparse && size != null;
        return new ClusterDiskAdd(
                form.group(1),
                role.word(),
                lun(option, text, form.group(5)),
                size,
                null,
                size == null ? null : Words.of(format),
                size == null ? null : Words.of(type),
                isMadeSparse ? Boolean.TRUE : null);
    }

    private static @Nullable Integer lun(String option, String text, @Nullable String lun) {
        try {
            return lun == null ? null : Integer.valueOf(lun);
        } catch (NumberFormatException e) {
            throw wrong(option, text, "'" + lun + "' is no LUN; write a number behind @");
        }
    }

    private static CliException wrong(String option, String text, @Nullable String remedy) {
        return new CliException(ExitCode.USAGE, option + " " + text + ": " + remedy);
    }
}
