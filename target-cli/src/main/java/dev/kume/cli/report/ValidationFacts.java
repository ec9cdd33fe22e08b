package dev.kume.cli.report;

import dev.kume.cli.api.ValidationView;
import dev.kume.protocol.cluster.ArbitrationTimes;
import dev.kume.protocol.cluster.Exchange;
import dev.kume.protocol.cluster.RunLog;
import dev.kume.protocol.cluster.SeenDisk;
import dev.kume.protocol.validation.ClusterValidator;
import dev.kume.protocol.validation.TestResult;
import dev.kume.protocol.validation.ValidationReport;
import io.netty.util.NetUtil;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A validation as the management API and the reports show it. */
public final class ValidationFacts {
    /** Lines of one test's log that are kept: the first and the last ones. */
    private static final int LINES_MAX = 1_200;

    private ValidationFacts() {}

    public static ValidationView view(ValidationReport report) {
        return new ValidationView(
                report.title(),
                report.outcome().word(),
                report.verdict(),
                report.begun(),
                report.ended(),
                report.times().equals(ArbitrationTimes.WINDOWS),
                report.times().defence().toMillis(),
                report.times().challenge().toMillis(),
                report.nodes().stream().map(ValidationFacts::node).toList(),
                report.disks().stream().map(ValidationFacts::disk).toList(),
                report.notes(),
                report.results().stream().map(ValidationFacts::test).toList());
    }

    private static ValidationView.Node node(ClusterValidator.Node node) {
        return new ValidationView.Node(
                node.name(),
                node.paths().stream()
                        .map(path -> new ValidationView.Path(
                                path.initiator(), path.target(), NetUtil.toSocketAddressString(path.portal())))
                        .toList());
    }

    private static ValidationView.Disk disk(ValidationReport.Disk disk) {
        SeenDisk seen = disk.seen();
        return new ValidationView.Disk(
                seen.serial(),
                seen.identifier(),
                seen.signature(),
                seen.model(),
                seen.capacity().bytes(),
                seen.capacity().blockBytes(),
                disk.paths());
    }

    private static ValidationView.Test test(TestResult result) {
        List<RunLog.Line> lines = result.lines();
        int leftOut = Math.max(0, lines.size() - LINES_MAX);
        List<RunLog.Line> kept = new ArrayList<>(lines);
        if (leftOut > 0) {
            kept.subList(LINES_MAX / 2, LINES_MAX / 2 + leftOut).clear();
        }
        return new ValidationView.Test(
                result.id(),
                result.name(),
                result.description(),
                result.outcome().word(),
                result.reason(),
                finding(result.finding()),
                result.begun(),
                result.ended(),
                leftOut,
                kept.stream().map(ValidationFacts::line).toList());
    }

    private static ValidationView.@Nullable Finding finding(TestResult.@Nullable Finding finding) {
        return finding == null
                ? null
                : new ValidationView.Finding(finding.step(), finding.expected(), finding.seen(), finding.meaning());
    }

    private static ValidationView.Line line(RunLog.Line line) {
        Exchange exchange = line.exchange();
        return exchange == null
                ? new ValidationView.Line(
                        line.number(), line.at(), line.node(), line.disk(), line.what(), null, null, null, null, null)
                : new ValidationView.Line(
                        line.number(),
                        line.at(),
                        line.node(),
                        line.disk(),
                        line.what(),
                        exchange.command(),
                        exchange.status(),
                        exchange.sense(),
                        exchange.latencyNanos() / 1_000,
                        exchange.path());
    }
}
