package dev.kume.cli.command;

import dev.kume.cli.api.ApiPaths;
import dev.kume.cli.api.ConfigChangeView;
import dev.kume.cli.api.ConfigPlanView;
import dev.kume.cli.api.ConfigRequest;
import dev.kume.cli.client.Answer;
import dev.kume.cli.output.Printable;
import dev.kume.core.Sizes;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/** Plans as people read them, and made true when they agree. */
final class ConfigPlans {
    /** Lines about one change; a large target has hundreds of LUNs. */
    private static final int DETAILS_MAX = 16;

    /** Lines of one list of the blast radius. */
    private static final int LINES_MAX = 24;

    private static final int NAMES_MAX = 6;

    private ConfigPlans() {}

    /** Prints a plan as it is asked for. */
    static void print(Invocation invocation, Answer plan) {
        ConfigPlanView view = plan.as(ConfigPlanView.class);
        invocation.print(plan.tree(), out -> print(view, out));
        if (view.changes().isEmpty()) {
            invocation.say("Nothing would change: version " + view.version() + " is what " + view.source() + " says");
        }
    }

    /** Shows a plan, asks where something is removed or disturbed, and applies it. */
    static int apply(Invocation invocation, ConfigRequest wanted, Answer plan) {
        ConfigPlanView view = plan.as(ConfigPlanView.class);
        if (view.changes().isEmpty()) {
            invocation.print(plan.tree(), out -> {});
            invocation.say("Nothing to do: version " + view.version() + " is what " + view.source() + " says");
            return 0;
        }
        if (!invocation.quiet()) {
            print(view, invocation.terminal().err());
        }
        if (!view.confirm().isEmpty()) {
            invocation.confirm(some(view.confirm()));
        }
        ConfigRequest request = new ConfigRequest(
                wanted.file(),
                wanted.text(),
                wanted.rollbackTo(),
                wanted.secrets(),
                wanted.planVersion() == null ? Long.valueOf(view.version()) : wanted.planVersion(),
                !view.confirm().isEmpty());
        Answer accepted = invocation.api().post(ApiPaths.CONFIG_APPLY, request);
        Answer applied = new OperationWait(invocation, "Applying " + view.source()).await(accepted);
        invocation.printChange(
                applied.tree(),
                () -> "Applied " + view.source() + ": " + counted(view.changes()) + "; 'kume config rollback "
                        + view.version() + "' goes back");
        return 0;
    }

    private static String counted(List<ConfigChangeView> changes) {
        return changes.size() == 1 ? "1 change" : changes.size() + " changes";
    }

    static void print(ConfigPlanView view, PrintStream out) {
        printChanges(view.changes(), out);
        if (view.changes().isEmpty()) {
            return;
        }
        ConfigPlanView.Blast blast = view.blast();
        List<String> lines = new ArrayList<>();
        blast.dropped()
                .forEach(each -> lines.add("session %d of %s from %s on target '%s' is dropped: %s"
                        .formatted(each.session(), each.initiator(), each.address(), each.target(), each.why())));
        blast.attentions()
                .forEach(each -> lines.add("%s%s is heard by %s"
                        .formatted(
                                each.condition(),
                                each.disk() == null ? "" : " at disk '" + each.disk() + "'",
                                some(each.initiators()))));
        blast.losses()
                .forEach(each -> lines.add("%s can no longer %s disk '%s'%s"
                        .formatted(
                                each.initiator(),
                                each.what(),
                                each.disk(),
                                each.connected() ? ", and is connected" : "")));
        out.println();
        out.println(summary(blast));
        print(lines, LINES_MAX, "  ", out);
        if (!blast.untouched().isEmpty()) {
            out.println(Printable.line("  untouched: " + some(blast.untouched())));
        }
        for (ConfigPlanView.Space space : view.space()) {
            Long free = space.freeBytes();
            out.println(Printable.line("Space: %s in %s%s"
                    .formatted(
                            Sizes.format(space.neededBytes()),
                            space.directory(),
                            free == null ? "" : ", where " + Sizes.format(free) + " are free")));
        }
        view.notes().forEach(note -> out.println(Printable.line("Note: " + note)));
    }

    private static String summary(ConfigPlanView.Blast blast) {
        int dropped = blast.dropped().size();
        long hear = blast.attentions().stream()
                .flatMap(each -> each.sessions().stream())
                .distinct()
                .count();
        return "Blast radius: %s dropped, %s told of it, %s untouched"
                .formatted(
                        counted(dropped, "session"),
                        counted((int) hear, "session"),
                        counted(blast.untouched().size(), "disk"));
    }

    private static String counted(int count, String thing) {
        return count + " " + thing + (count == 1 ? "" : "s");
    }

    static void printChanges(List<ConfigChangeView> changes, PrintStream out) {
        for (ConfigChangeView change : changes) {
            String sign = switch (change.action()) {
                case ConfigChangeView.ADD -> "+";
                case ConfigChangeView.REMOVE -> "-";
                default -> "~";
            };
            out.println(Printable.line("%s %s%s"
                    .formatted(sign, change.kind(), change.name().isEmpty() ? "" : " '" + change.name() + "'")));
            print(change.details(), DETAILS_MAX, "    ", out);
            print(change.effects(), DETAILS_MAX, "    ! ", out);
        }
    }

    private static void print(List<String> lines, int max, String before, PrintStream out) {
        lines.stream().limit(max).forEach(line -> out.println(before + Printable.line(line)));
        if (lines.size() > max) {
            out.println(before + "and %d more (-o json has all)".formatted(lines.size() - max));
        }
    }

    private static String some(List<String> names) {
        return names.size() <= NAMES_MAX
                ? String.join(", ", names)
                : String.join(", ", names.subList(0, NAMES_MAX)) + " and " + (names.size() - NAMES_MAX) + " more";
    }
}
