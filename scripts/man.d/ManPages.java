import dev.kume.cli.command.CommandTree;
import dev.kume.cli.command.Environment;
import dev.kume.cli.terminal.Terminal;
import java.io.File;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.UsageMessageSpec;
import picocli.codegen.docgen.manpage.ManPageGenerator;

/** Writes one AsciiDoc manual page for each verb of the command line into the directory that is its argument. */
public final class ManPages {
    private ManPages() {}

    public static void main(String[] args) throws Exception {
        Environment nowhere =
                new Environment(Terminal.ofProcess(), Map.of(), Path.of("/"), null, null, null);
        CommandLine root = CommandTree.of(nowhere);
        nameExamples(root);
        CommandSpec spec = root.getCommandSpec();
        System.exit(ManPageGenerator.generateManPage(new File(args[0]), null, new boolean[0], false, spec));
    }

    /** On the terminal an example is a line of its own; a page needs a heading over it, or leaves it out. */
    private static void nameExamples(CommandLine command) {
        UsageMessageSpec usage = command.getCommandSpec().usageMessage();
        if (usage.footer().length > 0 && usage.footerHeading().isEmpty()) {
            usage.footerHeading("%nExamples%n");
            usage.footer(Arrays.stream(usage.footer())
                    .filter(line -> !line.isBlank())
                    .map(line -> "  " + line.replaceFirst("^Examples?:", "").strip())
                    .toArray(String[]::new));
        }
        command.getSubcommands().values().forEach(ManPages::nameExamples);
    }
}
