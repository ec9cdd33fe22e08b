package dev.kume.cli.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.cli.ownership.KeyBook;
import dev.kume.cli.yaml.YamlException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class KeysFileTest {
    private static final KeyBook.Entry ENTRY =
            new KeyBook.Entry("HV", 0xF1E2D3C4B5A69788L, "iqn.1991-05.com.microsoft:hv-node1", "hv-node1");

    @TempDir
    Path folder;

    private Path file;

    @BeforeEach
    void place() {
        file = folder.resolve("cluster-keys.yaml");
    }

    private KeyBook loaded() {
        KeyBook book = new KeyBook(10);
        new KeysFile(folder, DurableFiles.OF_THIS_HOST, book).load();
        return book;
    }

    @Test
    void theFileReadsAsItWasWritten() throws Exception {
        String text = new String(KeysFile.write(List.of(ENTRY)), StandardCharsets.UTF_8);
        assertTrue(text.contains("0xf1e2d3c4b5a69788"), text);
        assertEquals(List.of(ENTRY), KeysFile.read("file", text));
    }

    @Test
    void whatIsNewIsWrittenOnce() throws Exception {
        KeyBook book = new KeyBook(10);
        KeysFile keys = new KeysFile(folder, DurableFiles.OF_THIS_HOST, book);
        keys.load();
        keys.flush();
        assertFalse(Files.exists(file), "nothing is known");
        book.restore(List.of(ENTRY));
        book.keep(List.of());
        keys.flush();
        assertEquals(List.of(), loaded().list());
        Files.delete(file);
        keys.flush();
        assertFalse(Files.exists(file), "nothing is new");
    }

    @Test
    void aDamagedFileIsPutAside() throws Exception {
        for (String damaged :
                List.of("schemaVersion: 2\nkeys: []\n", "]", "schemaVersion: 1\nkeys:\n  - key: 7\n", "")) {
            Files.writeString(file, damaged);
            assertEquals(List.of(), loaded().list());
            assertFalse(Files.exists(file), damaged);
            assertEquals(damaged, Files.readString(folder.resolve("cluster-keys.yaml.damaged")));
        }
    }

    @Test
    void whatIsNoKeyIsNamed() {
        String text = new String(KeysFile.write(List.of(ENTRY)), StandardCharsets.UTF_8).replace("0xf1", "f1");
        YamlException refused = assertThrows(YamlException.class, () -> KeysFile.read("keys.yaml", text));
        assertTrue(String.valueOf(refused.getMessage()).contains("is not a key"), refused.getMessage());
    }
}
