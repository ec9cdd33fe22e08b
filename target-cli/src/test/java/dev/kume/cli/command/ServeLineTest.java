package dev.kume.cli.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is read without the grammar means what it means to the grammar; everything else is left to it. */
final class ServeLineTest {
    @ParameterizedTest
    @ValueSource(strings = {"serve", "serve --config etc/kume.yaml", "serve --config=etc/../kume.yaml"})
    void startsTheDaemonAsTheGrammarDoes(String line) {
        String[] words = line.split(" ");
        CommandRun plain = new CommandRun();
        CommandRun grammar = new CommandRun();
        ServeLine serve = ServeLine.read(words);
        assertNotNull(serve);
        assertEquals(grammar.run(words), serve.run(plain.environment()));
        assertEquals(1, grammar.served.size());
        assertEquals(grammar.served, plain.served);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "--config kume.yaml",
                "status",
                "serve --help",
                "serve --config",
                "serve --config=",
                "serve --config --help",
                "serve --config=-",
                "serve --config a --config b",
                "serve --config=a b",
                "serve a b",
                "-q serve",
                "service run"
            })
    void leavesTheRestToTheGrammar(String line) {
        assertNull(ServeLine.read(line.isEmpty() ? new String[0] : line.split(" ")));
    }
}
