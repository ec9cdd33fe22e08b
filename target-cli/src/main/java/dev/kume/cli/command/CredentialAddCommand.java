package dev.kume.cli.command;

import dev.kume.cli.api.ApiPaths;
import dev.kume.cli.api.CredentialCreate;
import dev.kume.cli.api.CredentialView;
import dev.kume.cli.client.Answer;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code kume credential add}. */
@Command(
        name = "add",
        description = "Add a user and secret of CHAP. The secret is asked for on the terminal, or read from a file.",
        footer = {"", "Example: kume credential add node1 --user hv-node1 --secret-file node1.secret"})
final class CredentialAddCommand implements Callable<Integer> {
    private final Invocation invocation;

    @Parameters(paramLabel = "NAME", description = "The credential's name: letters, digits, '.', '_', '-'.")
    private String name = "";

    @Option(
            names = "--user",
            required = true,
            paramLabel = "USER",
            description = "The user; at Windows by default the initiator's iSCSI name.")
    private String user = "";

    @Option(
            names = "--secret-file",
            paramLabel = "FILE",
            description =
                    "A file with 12 to 16 bytes that only its owner may open (mode 0600); one newline at its end does"
                            + " not count.")
    private @Nullable Path secretFile;

    @Option(names = "--long", description = "Allow up to 255 bytes, which Microsoft's initiator does not take.")
    private boolean longSecret;

    CredentialAddCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public Integer call() {
        String secret = SecretSource.base64(invocation, secretFile);
        Answer answer =
                invocation.api().post(ApiPaths.CREDENTIALS, new CredentialCreate(name, user, secret, longSecret));
        invocation.printChange(answer.tree(), () -> {
            CredentialView credential = answer.as(CredentialView.class);
            return "Credential '" + credential.name() + "' added for user " + credential.user();
        });
        return 0;
    }
}
