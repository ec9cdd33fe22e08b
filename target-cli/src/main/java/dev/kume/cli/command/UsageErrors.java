package dev.kume.cli.command;

import dev.kume.cli.output.Printable;
import dev.kume.cli.terminal.CliException;
import dev.kume.cli.terminal.ExitCode;
import dev.kume.cli.terminal.Terminal;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.OverwrittenOptionException;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** Turns whatever goes wrong into one line on stderr and an exit status. */
final class UsageErrors implements IParameterExceptionHandler, IExecutionExceptionHandler {
    private final Terminal terminal;

    UsageErrors(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public int handleParseException(ParameterException e, String[] args) {
        String command = e.getCommandLine().getCommandSpec().qualifiedName();
        String message = switch (e) {
            case UnmatchedArgumentException unmatched -> unmatched(unmatched);
            case MissingParameterException missing -> missing(missing);
            case OverwrittenOptionException twice -> name(twice.getOverwritten()) + " is given more than once";
            default -> invalid(e);
        };
        terminal.err().println("kume: " + oneLine(message) + " (see: " + command + " --help)");
        return ExitCode.USAGE.code();
    }

    @Override
    public int handleExecutionException(Exception e, CommandLine commandLine, ParseResult parsed) {
        if (e instanceof CliException failure) {
            String message = String.valueOf(failure.getMessage());
            if (!message.isEmpty()) {
                terminal.err().println("kume: " + oneLine(message));
            }
            return failure.exitCode().code();
        }
        // What nobody foresaw is our bug; its place is worth more to whoever mends it than a tidy screen.
        StackTraceElement[] trace = e.getStackTrace();
        String place = trace.length == 0 ? "" : " at " + trace[0];
        terminal.err().println("kume: this is a bug of kume, please report it: " + oneLine(e.toString()) + place);
        return ExitCode.FAILED.code();
    }

    private static String unmatched(UnmatchedArgumentException e) {
        String word = e.getUnmatched().getFirst();
        boolean verbWanted = !e.getCommandLine().getSubcommands().isEmpty();
        String kind = e.isUnknownOption() ? "unknown option" : verbWanted ? "unknown command" : "unexpected argument";
        List<String> suggestions = e.isUnknownOption() || verbWanted ? e.getSuggestions() : List.of();
        String meant = suggestions.stream()
                .map(suggestion -> "'" + suggestion.substring(suggestion.lastIndexOf(' ') + 1) + "'")
                .distinct()
                .limit(3)
                .collect(Collectors.joining(" or "));
        return kind + " '" + word + "'" + (meant.isEmpty() ? "" : "; did you mean " + meant + "?");
    }

    private static String missing(MissingParameterException e) {
        List<String> unknown = e.getCommandLine().getUnmatchedArguments();
        if (!unknown.isEmpty()) {
            // What was mistyped is why something is missing.
            return unmatched(new UnmatchedArgumentException(e.getCommandLine(), unknown));
        }
        if (e.getMissing().isEmpty()) {
            return decapitalised(String.valueOf(e.getMessage()));
        }
        String what = e.getMissing().stream().map(UsageErrors::label).collect(Collectors.joining(" and "));
        return "missing " + what;
    }

    private static String invalid(ParameterException e) {
        ArgSpec argument = e.getArgSpec();
        String value = e.getValue();
        if (argument == null || value == null) {
            return decapitalised(String.valueOf(e.getMessage()));
        }
        String place = name(argument);
        Class<?> type = argument.type();
        if (type.isEnum()) {
            String choices =
                    Stream.of(type.getEnumConstants()).map(Object::toString).collect(Collectors.joining(", "));
            return place + " '" + value + "' is none of " + choices;
        }
        if (type == Boolean.class) {
            return place + " '" + value + "' is neither true nor false";
        }
        boolean number = type == Integer.class || type == long.class;
        return number
                ? place + " '" + value + "' is not a whole number"
                : decapitalised(String.valueOf(e.getMessage()));
    }

    private static String label(ArgSpec argument) {
        return argument.isOption() ? name(argument) + " " + argument.paramLabel() : name(argument);
    }

    private static String name(ArgSpec argument) {
        return argument instanceof OptionSpec option ? option.longestName() : argument.paramLabel();
    }

    private static String decapitalised(String message) {
        return message.isEmpty() ? message : Character.toLowerCase(message.charAt(0)) + message.substring(1);
    }

    private static String oneLine(String message) {
        return Printable.line(message.strip());
    }
}
