package dev.kume.core.disk;

import java.util.ArrayList;
import java.util.List;

/**
 * What a check of a disk file has found.
 *
 * @param findings   worst first is not promised; in the order of the file
 * @param more       findings beyond {@link #FINDINGS_MAX}, which are counted alone
 * @param blocks     blocks that the file has
 * @param leakedBytes space in the file that belongs to nothing
 */
public record DiskReport(List<Finding> findings, long more, long blocks, long leakedBytes) {
    public static final int FINDINGS_MAX = 100;

    public DiskReport {
        findings = List.copyOf(findings);
    }

    /** How bad a finding is. */
    public enum Severity {
        /** Good to know; nothing is wrong. */
        NOTE,
        /** Wrong, and {@code --repair} mends it without a loss. */
        REPAIRABLE,
        /** Data is lost or in doubt. */
        DAMAGE
    }

    /**
     * One finding.
     *
     * @param field    what it is about, in the words of the format: {@code BAT entry 17}
     * @param problem  what is wrong there, with the values
     * @param repaired true when it is mended now
     */
    public record Finding(Severity severity, String field, String problem, boolean repaired) {}

    /** True when nothing is wrong that was not mended. */
    public boolean clean() {
        return more == 0
                && findings.stream().allMatch(finding -> finding.severity() == Severity.NOTE || finding.repaired());
    }

    /** Collects findings; keeps the first {@link #FINDINGS_MAX} and counts the rest. */
    public static final class Builder {
        private final List<Finding> findings = new ArrayList<>();
        private long more;
        private long blocks;
        private long leakedBytes;

        public void add(Severity severity, String field, String problem, boolean repaired) {
            if (findings.size() < FINDINGS_MAX) {
                findings.add(new Finding(severity, field, problem, repaired));
            } else if (severity != Severity.NOTE && !repaired) {
                more++;
            }
        }

        public void blocks(long count) {
            blocks = count;
        }

        public void leakedBytes(long bytes) {
            leakedBytes = bytes;
        }

        public DiskReport build() {
            return new DiskReport(findings, more, blocks, leakedBytes);
        }
    }
}
