package dev.kume.cli.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.core.Limits.Limit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The table of limits in the documentation is the one of the settings file. */
final class LimitsPageTest {
    private static final String BEGIN = "<!-- limits begin -->\n";
    private static final String END = "<!-- limits end -->\n";

    /** {@code -Dkume.rewrite=true} writes the table anew. */
    @Test
    void thePageHasEveryLimit() throws IOException {
        Path page = Path.of("../docs/limits.md");
        String text = Files.readString(page);
        int begin = text.indexOf(BEGIN);
        int end = text.indexOf(END);
        assertTrue(begin > 0 && end > begin, "docs/limits.md has lost the marks of its table");
        String expected = table(Files.readString(Path.of("../config/kume.yaml")));
        if (Boolean.getBoolean("kume.rewrite")) {
            text = text.substring(0, begin + BEGIN.length()) + expected + text.substring(end);
            Files.writeString(page, text);
            end = text.indexOf(END);
        }
        assertEquals(
                expected,
                text.substring(begin + BEGIN.length(), end),
                "docs/limits.md is stale; run this test with -Dkume.rewrite=true and commit what it writes");
    }

    private static String table(String settings) {
        StringBuilder rows = new StringBuilder("| key | default | from | to | |\n|---|---|---|---|---|\n");
        for (Limit limit : Limit.values()) {
            Matcher entry = Pattern.compile("(?m)((?:^  # .*\\n)+)^  " + limit.key() + ": ")
                    .matcher(settings);
            assertTrue(entry.find(), limit.key());
            String said = entry.group(1)
                    .replaceAll("(?m)^  # ", "")
                    .strip()
                    .replace('\n', ' ')
                    .replaceAll(" From \\d+ to \\d+\\.$", "");
            rows.append("| `%s` | %,d | %,d | %,d | %s |\n"
                    .formatted(limit.key(), limit.defaultValue(), limit.min(), limit.max(), said));
        }
        return rows.toString();
    }
}
