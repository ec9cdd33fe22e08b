package dev.kume.cli.support;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.cli.api.SupportView;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SupportDocumentsTest {
    @TempDir
    private Path folder;

    private Path settings = Path.of("");
    private Path log = Path.of("");
    private Path state = Path.of("");

    @BeforeEach
    void places() throws IOException {
        settings = folder.resolve("kume.yaml");
        log = folder.resolve("kume.log");
        state = Files.createDirectory(folder.resolve("state"));
    }

    private SupportDocuments documents() {
        return new SupportDocuments("0.1.0", state, settings, log, List.of(folder));
    }

    private static Map<String, String> texts(SupportView view) {
        Map<String, String> texts = new HashMap<>();
        view.documents().forEach(document -> texts.put(document.name(), document.text()));
        return texts;
    }

    @Test
    void settingsThatAreNoYamlAreNotQuoted() throws Exception {
        Files.writeString(settings, "admin:\n  # the password is hunter2hunter2\n  remote: [ # hunter2hunter2\n}}\n");
        String text = texts(documents().collect(false)).get("settings.yaml");
        assertTrue(text.startsWith("left out: it is no YAML, at line "), text);
        assertFalse(text.contains("hunter2"), text);
    }

    @Test
    void theFileBeforeTheLogIsThereToo() throws Exception {
        Files.writeString(settings, "admin: {}\n");
        Files.writeString(log, "new\n");
        Files.writeString(folder.resolve("kume.log.1"), "what went wrong\n");
        Files.writeString(folder.resolve("kume.log.2"), "long ago\n");
        Map<String, String> texts = texts(documents().collect(false));
        assertEquals("new\n", texts.get("log/kume.log"));
        assertEquals("what went wrong\n", texts.get("log/kume.log.1"));
        assertFalse(texts.containsKey("log/kume.log.2"));
    }

    @Test
    void aLongLogIsThereWithItsEndFromTheBeginOfALine() throws Exception {
        Files.writeString(settings, "admin: {}\n");
        Files.writeString(log, "first line of all\n" + "one more line\n".repeat(200_000) + "last\n");
        String text = String.valueOf(texts(documents().collect(false)).get("log/kume.log"));
        assertTrue(text.length() <= 2 << 20, () -> text.length() + " bytes");
        assertTrue(text.startsWith("one more line\n") && text.endsWith("\nlast\n"));
    }

    @Test
    void aTokenIsTakenOutAndTheNameOfAMetricIsNot() throws Exception {
        String token = "kume_0123abcd_" + "Az09-_x".repeat(6) + "A";
        String text = "Bearer " + token + "\nkume_disk_written_bytes_total{disk=\"one\"} 512.0\n";
        assertEquals(
                "Bearer ***\nkume_disk_written_bytes_total{disk=\"one\"} 512.0\n",
                texts(documents().with("metrics.txt", () -> text).collect(false))
                        .get("metrics.txt"));
    }

    @Test
    void aTextThatCannotBeHadSaysWhyAndASecretInOneIsTakenOut() throws Exception {
        Files.createDirectory(state.resolve("secrets"));
        Files.writeString(state.resolve("secrets/hv.1"), "correct horse b");
        Map<String, String> texts = texts(documents()
                .with("metrics.txt", () -> "kume_up_seconds 1 correct horse b\n")
                .with("other.txt", () -> {
                    throw new IllegalStateException("the loops do not answer");
                })
                .collect(false));
        assertEquals("kume_up_seconds 1 ***\n", texts.get("metrics.txt"));
        assertTrue(texts.get("other.txt").startsWith("left out: "), texts.get("other.txt"));
    }
}
