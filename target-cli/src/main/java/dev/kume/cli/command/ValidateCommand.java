package dev.kume.cli.command;

import dev.kume.cli.api.ApiJson;
import dev.kume.cli.api.ValidationView;
import dev.kume.cli.report.ValidationFacts;
import dev.kume.cli.terminal.CliException;
import dev.kume.cli.terminal.ExitCode;
import dev.kume.core.Sizes;
import dev.kume.protocol.cluster.ArbitrationTimes;
import dev.kume.protocol.cluster.SeenDisk;
import dev.kume.protocol.login.ChapCredential;
import dev.kume.protocol.login.InitiatorCredentials;
import dev.kume.protocol.validation.ClusterValidator;
import dev.kume.protocol.validation.Stop;
import dev.kume.protocol.validation.StorageValidation;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code kume validate}: needs no daemon. */
@Command(
        name = "validate",
        description = {
            "Judge whether any iSCSI storage can carry a Windows failover cluster: nodes of Kume's own take the storage"
                    + " tests of the validation wizard, one node for each URL. All URLs must lead to the same disk, and"
                    + " what is on it is lost.",
            "Exits with 0 when all tests succeed, with 10 when some end with a warning, with 11 when one fails."
        },
        footer = {
            "",
            "Example: kume validate iscsi://10.0.0.10/iqn.2026-01.lab:n1/0 iscsi://10.0.0.10/iqn.2026-01.lab:n2/0 \\",
            "           --initiator iqn.1991-05.com.microsoft:n1 --initiator iqn.1991-05.com.microsoft:n2 \\",
            "           --report lab.html"
        })
final class ValidateCommand implements Callable<Integer> {
    private static final String INITIATOR = "iqn.2026-11.dev.kume:validation-node";

    /** How long Ctrl-C waits for keys to be taken away and the report to be written. */
    private static final Duration TIDY = Duration.ofSeconds(20);

    /** Slow enough for a storage on the other side of a slow network. */
    private static final ArbitrationTimes FAST = ArbitrationTimes.scaled(Duration.ofMillis(300));

    private final Invocation invocation;
    private final CountDownLatch finished = new CountDownLatch(1);

    @Parameters(arity = "2..*", paramLabel = "URL", description = "iscsi://HOST[:PORT]/TARGET/LUN, one for each node.")
    private List<String> urls = new ArrayList<>();

    @Option(
            names = "--initiator",
            paramLabel = "IQN",
            description = "The name with which a node logs in, once for each URL in their order (default: " + INITIATOR
                    + "1 and so on).")
    private List<String> initiators = new ArrayList<>();

    @Option(
            names = "--user",
            paramLabel = "NAME",
            description = "The user of CHAP: once for all nodes, or once for each URL.")
    private List<String> users = new ArrayList<>();

    @Option(
            names = "--secret-file",
            paramLabel = "FILE",
            description = "The secret of that user: a file that nobody else may open.")
    private List<Path> secretFiles = new ArrayList<>();

    @Option(
            names = "--real-time",
            description = "Defend every 3 s and challenge after 7 s, as Windows does (default: ten times as fast).")
    private boolean realTime;

    @Mixin
    private ValidationOutput output = new ValidationOutput();

    ValidateCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public Integer call() {
        output.check(invocation);
        List<ClusterValidator.Node> nodes = nodes();
        Stop stop = new Stop();
        Interrupts.Registration registration =
                invocation.environment().interrupts().onInterrupt(() -> interrupt(stop));
        try {
            ClusterValidator.Manner manner = new ClusterValidator.Manner(
                    realTime ? ArbitrationTimes.WINDOWS : FAST, stop, this::agree, this::tell, false, List.of());
            ValidationView view = ValidationFacts.view(new ClusterValidator(
                            invocation.environment().clock(), new SecureRandom())
                    .run("%s and %d more".formatted(urls.getFirst(), urls.size() - 1), nodes, manner));
            return output.finish(invocation, ApiJson.lenient().valueToTree(view), view);
        } finally {
            finished.countDown();
            registration.end();
        }
    }

    /** Runs on the thread of the interrupt: the process ends when this does. */
    private void interrupt(Stop stop) {
        stop.ask("canceled from the keyboard");
        invocation.terminal().err().println("\nkume: taking the keys off the disk again");
        try {
            var _ = finished.await(TIDY.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void tell(int number, String name) {
        invocation.say("%2d/%d  %s".formatted(number + 1, StorageValidation.TESTS, name));
    }

    private boolean agree(List<SeenDisk> disks) {
        for (SeenDisk disk : disks) {
            invocation.confirm("the data on the disk %s, %s, serial number %s, is destroyed by what follows"
                    .formatted(disk.model(), Sizes.format(disk.capacity().bytes()), disk.serial()));
        }
        return true;
    }

    // ---- nodes ------------------------------------------------------------------------------------------------------

    private List<ClusterValidator.Node> nodes() {
        if (!initiators.isEmpty() && initiators.size() != urls.size()) {
            throw new CliException(
                    ExitCode.USAGE,
                    "%d URLs and %d --initiator: give one for each URL, in their order, or none"
                            .formatted(urls.size(), initiators.size()));
        }
        if (initiators.stream().distinct().count() != initiators.size()) {
            throw new CliException(
                    ExitCode.USAGE, "two nodes have the same --initiator; to a target they would be one node");
        }
        List<@Nullable InitiatorCredentials> credentials = credentials();
        List<ClusterValidator.Node> nodes = new ArrayList<>();
        for (int i = 0; i < urls.size(); i++) {
            IscsiUrl url = IscsiUrl.of(urls.get(i));
            ClusterValidator.Path path = new ClusterValidator.Path(
                    initiators.isEmpty() ? INITIATOR + (i + 1) : initiators.get(i),
                    credentials.get(i),
                    url.target(),
                    address(url),
                    lun -> lun == url.lun());
            nodes.add(new ClusterValidator.Node("node" + (i + 1), List.of(path)));
        }
        return nodes;
    }

    private static InetSocketAddress address(IscsiUrl url) {
        InetSocketAddress address = new InetSocketAddress(url.host(), url.port());
        if (address.isUnresolved()) {
            throw new CliException(
                    ExitCode.NOT_FOUND,
                    "there is no host '%s'; check the name, or write its address".formatted(url.host()));
        }
        return address;
    }

    private List<@Nullable InitiatorCredentials> credentials() {
        if (users.size() != secretFiles.size()) {
            throw new CliException(
                    ExitCode.USAGE, "--user and --secret-file go together: give both, as often as each other");
        }
        if (users.size() > 1 && users.size() != urls.size()) {
            throw new CliException(
                    ExitCode.USAGE,
                    "%d URLs and %d --user: give one for all nodes, or one for each URL"
                            .formatted(urls.size(), users.size()));
        }
        List<@Nullable InitiatorCredentials> all = new ArrayList<>();
        for (int i = 0; i < urls.size(); i++) {
            int at = users.size() == 1 ? 0 : i;
            all.add(users.isEmpty() ? null : credentials(users.get(at), secretFiles.get(at)));
        }
        return all;
    }

    private InitiatorCredentials credentials(String user, Path file) {
        byte[] secret = Base64.getDecoder().decode(SecretSource.base64(invocation, file));
        if (secret.length == 0) {
            throw new CliException(ExitCode.USAGE, "the secret file %s is empty".formatted(file));
        }
        return InitiatorCredentials.of(new ChapCredential(user, secret), null);
    }
}
