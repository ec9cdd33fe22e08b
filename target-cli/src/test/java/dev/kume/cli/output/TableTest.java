package dev.kume.cli.output;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

final class TableTest {
    @Test
    void wordsAreLeftAndNumbersRightAndNoLineEndsInBlanks() {
        Table table = new Table()
                .column("NAME")
                .number("SIZE")
                .column("NOTE")
                .row("a", "2 GB", "")
                .row("longer", "30 GB", "x y");
        assertEquals("NAME     SIZE  NOTE\na        2 GB  -\nlonger  30 GB  x y\n", printed(table::print));
    }

    @Test
    void escapesAndLineFeedsFromTheNetworkDoNotReachTheTerminal() {
        Table table = new Table().column("NOTE").row("a\u001b[2Jb\nc\u202ed");
        assertEquals("NOTE\na?[2Jb c?d\n", printed(table::print));
    }

    @Test
    void wideCharactersTakeTwoCells() {
        Table table = new Table().column("NAME").column("B").row("雲", "x").row("ab", "y");
        assertEquals("NAME  B\n雲    x\nab    y\n", printed(table::print));
    }

    @Test
    void aRowOfAnotherLengthIsABug() {
        assertThrows(
                IllegalArgumentException.class, () -> new Table().column("A").row("1", "2"));
    }

    @Test
    void factsAlignTheirValuesAndListTheirLists() {
        Facts facts = new Facts()
                .add("a", "1")
                .add("longer", List.of("x", "y"), "none")
                .add("empty", List.of(), "none")
                .add("b", "");
        assertEquals("a:      1\nlonger: x\n        y\nempty:  none\nb:      -\n", printed(facts::print));
    }

    @Test
    void jsonIsTheSameInEveryLocale() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        PrintStream latin = new PrintStream(bytes, true, StandardCharsets.US_ASCII);
        Documents.json(JsonNodeFactory.instance.textNode("f\u00fcr \u96f2"), latin);
        assertEquals("\"f\\u00FCr \\u96F2\"\n", bytes.toString(StandardCharsets.US_ASCII));
        assertEquals(
                "\"f\u00fcr\"\n", printed(out -> Documents.json(JsonNodeFactory.instance.textNode("f\u00fcr"), out)));
    }

    private static String printed(Consumer<PrintStream> print) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        print.accept(new PrintStream(bytes, true, StandardCharsets.UTF_8));
        return bytes.toString(StandardCharsets.UTF_8).replace(System.lineSeparator(), "\n");
    }
}
