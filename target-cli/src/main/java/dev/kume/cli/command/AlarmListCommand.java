package dev.kume.cli.command;

import dev.kume.cli.api.AlarmView;
import dev.kume.cli.api.ApiPaths;
import dev.kume.cli.client.Answer;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code kume alarm list}. */
@Command(
        name = "list",
        description = "List what is wrong now, since when, and what to do about it; the oldest first.",
        footer = {"", "Examples: kume alarm list", "          kume alarm list --watch 5"})
final class AlarmListCommand implements Callable<Integer> {
    private static final String NONE = "Nothing is wrong.";

    private final Invocation invocation;

    @Option(
            names = "--watch",
            paramLabel = "SECONDS",
            arity = "0..1",
            fallbackValue = "2",
            description = "Show it again every so many seconds (default 2) until Ctrl-C.")
    private @Nullable Integer watchSeconds;

    AlarmListCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public Integer call() {
        Integer seconds = watchSeconds;
        if (seconds != null) {
            return new ScreenWatch(invocation, ApiPaths.ALARMS, this::lines, seconds).run();
        }
        Answer answer = invocation.api().get(ApiPaths.ALARMS);
        invocation.printList(
                answer.tree().path("alarms"), NONE, out -> lines(answer).forEach(out::println));
        return 0;
    }

    private List<String> lines(Answer answer) {
        List<AlarmView> alarms = answer.as(AlarmView.Listing.class).alarms();
        return alarms.isEmpty()
                ? List.of(NONE)
                : Alarms.table(alarms, invocation.environment().clock().now()).lines();
    }
}
