package dev.kume.cli.api;

import java.util.List;

/**
 * What the check of a disk file has found.
 *
 * @param file         absolute path on the server
 * @param format       {@code vhd}, {@code vhdx} or {@code raw}
 * @param clean        true when nothing is wrong that was not mended
 * @param findings     at most a hundred
 * @param moreFindings those beyond
 * @param blocks       blocks that the file has; 0 of one whose bytes lie in order
 * @param leakedBytes  space in the file that belongs to nothing
 */
public record CheckView(
        String file,
        String format,
        boolean clean,
        List<Finding> findings,
        long moreFindings,
        long blocks,
        long leakedBytes) {
    public CheckView {
        findings = Lists.orEmpty(findings);
    }

    /**
     * One finding.
     *
     * @param severity {@code note}, {@code repairable} or {@code damage}
     * @param field    what it is about, in the words of the format
     * @param problem  what is wrong there
     * @param repaired true when it is mended now
     */
    public record Finding(String severity, String field, String problem, boolean repaired) {}
}
