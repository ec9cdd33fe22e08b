package dev.kume.cli.top;

import static dev.kume.cli.top.Loads.idle;
import static dev.kume.cli.top.Loads.meter;
import static dev.kume.cli.top.Loads.second;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The screen of {@code kume top}, line by line. */
final class TopScreenTest {
    private static final List<String> TITLE = List.of(
            "kume top - store1, ready, up 3d 4h - 12:00:05 UTC - 2 alarms, 1 CRITICAL",
            "4 disks by iops: 1234 reads/s 5.6 MB/s, 78 writes/s 9.0 MB/s");

    private static List<Load> loads() {
        return second(List.of(
                meter("vms", "hv-node1", 12_000, 3_400, 0, 1),
                meter("quorum", "hv-node2", 1, 1, 0, 1),
                meter("a-disk-with-quite-a-long-name-2", "iqn.1991-05.com.microsoft:hv-node3", 1_200_000, 0, 9, 90),
                idle("archive", "")));
    }

    private static List<String> golden(String name) throws IOException {
        try (InputStream file = TopScreenTest.class.getResourceAsStream(name)) {
            return new String(file.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
        }
    }

    @ParameterizedTest
    @CsvSource({"80, 24", "120, 40"})
    void fillsTheScreenAndNoMore(int columns, int rows) throws IOException {
        List<String> lines = new TopScreen(View.DISK, SortKey.IOPS, false).screen(TITLE, loads(), rows, columns);
        assertEquals(rows, lines.size());
        assertTrue(lines.stream().allMatch(line -> line.length() <= columns), lines::toString);
        assertEquals(golden("disks-%dx%d.txt".formatted(columns, rows)), lines, () -> String.join("\n", lines));
    }

    @Test
    void whatHasNoRoomIsCounted() {
        List<Meter> many = IntStream.range(0, 4_096)
                .mapToObj(i -> meter("disk-" + i, "", i, 0, 0, 1))
                .toList();
        List<String> lines = new TopScreen(View.DISK, SortKey.IOPS, false).screen(TITLE, second(many), 24, 80);
        assertEquals(24, lines.size());
        assertTrue(lines.get(4).startsWith("disk-4095"), lines::toString);
        assertEquals("... and 4,078 more", lines.get(22));
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "3, 10", "5, 40"})
    void aTinyWindowBreaksNothing(int rows, int columns) {
        List<String> lines = new TopScreen(View.DISK, SortKey.IOPS, false).screen(TITLE, loads(), rows, columns);
        assertTrue(lines.stream().allMatch(line -> line.length() <= columns), lines::toString);
    }

    @ParameterizedTest
    @CsvSource({
        "IOPS, false, a-disk-with-quite-a-long-name-2 vms quorum archive",
        "IOPS, true, archive quorum vms a-disk-with-quite-a-long-name-2",
        "LATENCY, false, a-disk-with-quite-a-long-name-2 quorum vms archive",
        "LATENCY, true, quorum vms a-disk-with-quite-a-long-name-2 archive",
        "QUEUE, false, a-disk-with-quite-a-long-name-2 archive quorum vms",
        "NAME, false, a-disk-with-quite-a-long-name-2 archive quorum vms",
        "NAME, true, vms quorum archive a-disk-with-quite-a-long-name-2",
        "OWNER, false, archive vms quorum a-disk-with-quite-a-long-name-2",
    })
    void rowsThatAreEqualStandByTheirNamesWhateverTheOrderBefore(SortKey key, boolean reversed, String order) {
        TopScreen screen = new TopScreen(View.DISK, key, reversed);
        List<Load> loads = new ArrayList<>(loads());
        for (int i = 0; i < loads.size(); i++) {
            loads.add(loads.removeFirst());
            assertEquals(
                    order,
                    String.join(
                            " ", screen.sorted(loads).stream().map(Load::name).toList()));
        }
    }

    @Test
    void forScriptsNothingIsCut() {
        List<String> lines = new TopScreen(View.DISK, SortKey.NAME, false).whole(loads());
        assertTrue(lines.get(1).startsWith("a-disk-with-quite-a-long-name-2 "), lines::toString);
        assertTrue(lines.get(1).endsWith(" iqn.1991-05.com.microsoft:hv-node3"), lines::toString);
        assertEquals(5, lines.size());
    }

    @Test
    void aNameThatWouldDriveTheTerminalDoesNot() {
        List<Load> loads = second(List.of(meter("a\u001b[2Jb", "x\ny", 1, 0, 0, 1)));
        List<String> lines = new TopScreen(View.DISK, SortKey.NAME, false).screen(TITLE, loads, 24, 80);
        assertTrue(lines.get(4).startsWith("a?[2Jb"), lines::toString);
        assertTrue(lines.get(4).endsWith("x y"), lines::toString);
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "99999, 99999", "123456, 123k", "1234567, 1.2M", "NaN, -"})
    void counts(double number, String text) {
        assertEquals(text, Numbers.count(number));
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "999, 999", "1000, 1k", "999999, 999k", "1000000, 1M"})
    void countsInFourColumns(long number, String text) {
        assertEquals(text, Numbers.few(number));
    }

    @Test
    void noNumberHoweverLargeMovesAColumn() {
        Load huge =
                new Load("x", "vms", "hv-node1", 99e6, 99_999, 9e10, 9e10, 9e6, 99_999.4, 9e6, 999_999, 999_999_999);
        List<String> lines = new TopScreen(View.DISK, SortKey.IOPS, false).screen(TITLE, List.of(huge), 24, 80);
        assertEquals(
                lines.get(3).indexOf("  OWNER"), lines.get(4).indexOf("  hv-node1"), () -> String.join("\n", lines));
    }

    @Test
    void theFirstLookHasNoRates() {
        assertEquals("counting", TopScreen.total(new Rates().look(List.of(idle("vms", "")), 0)));
        assertEquals("0 reads/s 0.0 MB/s, 0 writes/s 0.0 MB/s", TopScreen.total(List.of()));
    }

    @Test
    void ofASessionTheWayInIsSeenFirst() {
        List<Load> loads =
                second(List.of(meter("7 hv-node1", "192.168.10.1 iqn.2026-11.dev.kume:hv-node1", 1, 0, 0, 1)));
        List<String> lines = new TopScreen(View.SESSION, SortKey.IOPS, false).screen(TITLE, loads, 24, 80);
        assertTrue(lines.get(4).endsWith("  192.168.10.1"), lines::toString);
    }

    @ParameterizedTest
    @CsvSource({
        "0.0041, 0.004",
        "1.234, 1.23",
        "9.999, 10.0",
        "45.67, 45.7",
        "1234.5, 1235",
        "99999.4, 99999",
        "250000, 250s",
        "NaN, -"
    })
    void milliseconds(double number, String text) {
        assertEquals(text, Numbers.millis(number));
    }
}
