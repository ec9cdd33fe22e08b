package dev.kume.cli.command;

import dev.kume.cli.api.ApiPaths;
import dev.kume.cli.api.TokenCreate;
import dev.kume.cli.api.TokenView;
import dev.kume.cli.client.Answer;
import dev.kume.cli.terminal.CliException;
import dev.kume.cli.terminal.ExitCode;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code kume token create}. */
@Command(
        name = "create",
        description = "Make a token for a client on another host. It is printed now and never again.",
        footer = {
            "",
            "Examples: kume token create grafana --role read",
            "          kume token create laptop --role admin --expires 90d"
        })
final class TokenCreateCommand implements Callable<Integer> {
    private static final Pattern TIME = Pattern.compile("([0-9]{1,5})([smhd])");
    private static final Map<String, TimeUnit> UNITS =
            Map.of("s", TimeUnit.SECONDS, "m", TimeUnit.MINUTES, "h", TimeUnit.HOURS, "d", TimeUnit.DAYS);

    /** What a token may do, as the command line spells it. */
    enum RoleWord {
        read,
        admin
    }

    private final Invocation invocation;

    @Parameters(paramLabel = "NAME", description = "The token's name: letters, digits, '.', '_', '-'.")
    private String name = "";

    @Option(
            names = "--role",
            required = true,
            paramLabel = "ROLE",
            description =
                    "What its bearer may do: ${COMPLETION-CANDIDATES}. read sees all but secrets and changes nothing.")
    private RoleWord role = RoleWord.read;

    @Option(
            names = "--expires",
            paramLabel = "TIME",
            description = "After which it ends by itself, such as 90d or 12h (default: never).")
    private @Nullable String expires;

    TokenCreateCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public Integer call() {
        Answer answer = invocation.api().post(ApiPaths.TOKENS, new TokenCreate(name, role.name(), seconds()));
        invocation.print(answer.tree(), out -> {
            TokenView.Made made = answer.as(TokenView.Made.class);
            out.println(made.token());
            invocation.say("This is the token '" + made.about().name() + "' ("
                    + made.about().role() + ", "
                    + (made.about().expires() == null
                            ? "for ever"
                            : "until " + made.about().expires())
                    + "); it is not shown again. Put it into a file of mode 0600.");
            invocation.say(
                    made.fingerprint() == null
                            ? "The management API is not served on the network yet: see admin.remote in kume.yaml."
                            : "The server's fingerprint, for --fingerprint: " + made.fingerprint());
        });
        return 0;
    }

    private @Nullable Long seconds() {
        if (expires == null) {
            return null;
        }
        Matcher matcher = TIME.matcher(expires);
        if (!matcher.matches()) {
            throw new CliException(
                    ExitCode.USAGE, "--expires '" + expires + "' is no time; write one such as 90d, 12h or 30m");
        }
        TimeUnit unit = UNITS.getOrDefault(matcher.group(2), TimeUnit.SECONDS);
        return unit.toSeconds(Long.parseLong(matcher.group(1)));
    }
}
