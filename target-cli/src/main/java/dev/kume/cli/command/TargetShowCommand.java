package dev.kume.cli.command;

import dev.kume.cli.api.ApiPaths;
import dev.kume.cli.api.TargetView;
import dev.kume.cli.client.Answer;
import dev.kume.cli.output.Facts;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code kume target show}. */
@Command(name = "show", description = "Show one target in full.")
final class TargetShowCommand implements Callable<Integer> {
    private final Invocation invocation;

    @Parameters(paramLabel = "NAME", description = "The target's name.")
    private String name = "";

    TargetShowCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public Integer call() {
        Answer answer = invocation.api().get(ApiPaths.target(name));
        invocation.print(
                answer.tree(), out -> facts(answer.as(TargetView.class)).print(out));
        return 0;
    }

    private static List<String> chap(TargetView target) {
        List<String> chap = new ArrayList<>();
        if (!target.chap().isEmpty()) {
            chap.add(words(target.chap(), target.mutual()));
        }
        target.chapOf().forEach(own -> chap.add(own.initiator() + ": " + words(own.chap(), own.mutual())));
        return chap;
    }

    private static String words(List<String> chap, @Nullable String mutual) {
        return String.join(" or ", chap) + (mutual == null ? "" : ", mutual: " + mutual);
    }

    private static Facts facts(TargetView target) {
        List<String> luns = target.luns().stream()
                .map(lun -> lun.lun() + ": " + lun.disk() + ", " + lun.size() + ", " + lun.status()
                        + (lun.readOnly() ? ", read-only" : ""))
                .toList();
        List<String> sessions = target.sessions().stream()
                .map(session -> session.id() + ": " + session.initiator() + " from " + session.address())
                .toList();
        return new Facts()
                .add("name", target.name())
                .add("status", target.status())
                .add("IQN", target.iqn())
                .add("description", target.description())
                .add("created", target.created().toString())
                .add(
                        "allowed",
                        target.initiators(),
                        "nobody; allow an initiator: kume target allow " + target.name() + " WHO")
                .add("CHAP", chap(target), "not asked for")
                .add("portals", target.portals(), "all")
                .add("redirect", target.redirect() == null ? "none" : target.redirect())
                .add("LUNs", luns, "none; map a disk: kume map DISK " + target.name())
                .add("sessions", sessions, "none");
    }
}
