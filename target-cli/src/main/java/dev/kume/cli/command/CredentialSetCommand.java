package dev.kume.cli.command;

import dev.kume.cli.api.ApiPaths;
import dev.kume.cli.api.CredentialSet;
import dev.kume.cli.api.CredentialView;
import dev.kume.cli.client.Answer;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code kume credential set}. */
@Command(
        name = "set",
        description =
                "Give a credential a new secret, another user, or both. It holds from the next login on; sessions stay."
                        + " Without --user and --secret-file the new secret is asked for on the terminal.")
final class CredentialSetCommand implements Callable<Integer> {
    private final Invocation invocation;

    @Parameters(paramLabel = "NAME", description = "The credential's name.")
    private String name = "";

    @Option(names = "--user", paramLabel = "USER", description = "The new user.")
    private @Nullable String user;

    @Option(
            names = "--secret-file",
            paramLabel = "FILE",
            description = "A file with the new secret that only its owner may open (mode 0600).")
    private @Nullable Path secretFile;

    @Option(names = "--long", description = "Allow up to 255 bytes, which Microsoft's initiator does not take.")
    private boolean longSecret;

    CredentialSetCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public Integer call() {
        boolean userAlone = user != null && secretFile == null;
        String secret = userAlone ? null : SecretSource.base64(invocation, secretFile);
        Answer answer = invocation.api().patch(ApiPaths.credential(name), new CredentialSet(user, secret, longSecret));
        invocation.printChange(answer.tree(), () -> {
            CredentialView credential = answer.as(CredentialView.class);
            return "Credential '" + credential.name() + "' changed; it holds from the next login on";
        });
        return 0;
    }
}
