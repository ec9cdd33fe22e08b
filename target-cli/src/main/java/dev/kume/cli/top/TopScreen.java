package dev.kume.cli.top;

import dev.kume.cli.output.Printable;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Lays the loads out: on a screen of some size, or whole for scripts. */
public final class TopScreen {
    /** From here on there is room between the numbers. */
    private static final int WIDE = 100;

    private static final int NAME_MIN = 14;
    private static final int ABOUT_MIN = 10;
    private static final String KEYS = "d disks s sessions n nodes | i iops b bytes l latency p p99 u queue e errors"
            + " o owner a name r reverse | space now q quit";
    private static final String SHORT_KEYS = "d s n view | sort i b l p u e o a, r reverse | space now, q quit";

    private final View view;
    private final SortKey sort;
    private final boolean reversed;

    private record Column(String header, int width, Function<Load, String> cell) {}

    public TopScreen(View view, SortKey sort, boolean reversed) {
        this.view = view;
        this.sort = sort;
        this.reversed = reversed;
    }

    /**
     * As many lines as a screen of this size has, none longer than it is wide.
     *
     * @param title what stands on top: two lines
     */
    public List<String> screen(List<String> title, List<Load> loads, int rows, int columns) {
        List<String> lines = new ArrayList<>();
        title.forEach(line -> lines.add(cut(line, columns)));
        lines.add("");
        List<Load> sorted = sorted(loads);
        List<String> table = table(sorted, numbers(columns >= WIDE), columns);
        int room = Math.max(1, rows - lines.size() - 1);
        table.stream().limit(room).forEach(line -> lines.add(line.substring(0, Math.min(line.length(), columns))));
        if (table.size() > room) {
            int hidden = table.size() - room + 1;
            lines.set(lines.size() - 1, cut("... and %,d more".formatted(hidden), columns));
        }
        while (lines.size() < rows - 1) {
            lines.add("");
        }
        lines.add(cut(columns >= KEYS.length() ? KEYS : SHORT_KEYS, columns));
        return lines;
    }

    /** The index of the line with the headers. */
    public static int headerLine(List<String> title) {
        return title.size() + 1;
    }

    /** Everything, with names as long as they are. */
    public List<String> whole(List<Load> loads) {
        int name = loads.stream().mapToInt(load -> load.name().length()).max().orElse(0);
        int about = loads.stream().mapToInt(load -> load.about().length()).max().orElse(0);
        List<Column> numbers = numbers(true);
        int width = numbers.stream().mapToInt(Column::width).sum();
        return table(sorted(loads), numbers, Math.max(NAME_MIN, name) + width + 2 + Math.max(ABOUT_MIN, about));
    }

    /** In the order of the screen. */
    public List<Load> sorted(List<Load> loads) {
        return loads.stream().sorted(sort.order(reversed)).toList();
    }

    /** All loads in one, for the title. */
    public static String total(List<Load> loads) {
        if (!loads.isEmpty() && loads.stream().allMatch(load -> Double.isNaN(load.readsPerSecond()))) {
            return "counting";
        }
        double reads = 0;
        double writes = 0;
        double readBytes = 0;
        double writtenBytes = 0;
        for (Load load : loads) {
            if (!Double.isNaN(load.readsPerSecond())) {
                reads += load.readsPerSecond();
                writes += load.writesPerSecond();
                readBytes += load.readBytesPerSecond();
                writtenBytes += load.writtenBytesPerSecond();
            }
        }
        return "%s reads/s %s MB/s, %s writes/s %s MB/s"
                .formatted(
                        Numbers.count(reads),
                        Numbers.megabytes(readBytes),
                        Numbers.count(writes),
                        Numbers.megabytes(writtenBytes));
    }

    private List<String> table(List<Load> loads, List<Column> numbers, int columns) {
        int left = columns - numbers.stream().mapToInt(Column::width).sum() - 2;
        int longestName =
                loads.stream().mapToInt(load -> load.name().length()).max().orElse(0);
        int name = Math.max(NAME_MIN, Math.min(longestName, left - ABOUT_MIN));
        int about = Math.max(0, left - name);
        List<String> lines = new ArrayList<>();
        StringBuilder header = new StringBuilder(padded(view.header(), name));
        numbers.forEach(column -> header.append(right(column.header(), column.width())));
        lines.add(header.append("  ").append(cut(view.about(), about)).toString());
        for (Load load : loads) {
            StringBuilder line = new StringBuilder(padded(Printable.line(load.name()), name));
            numbers.forEach(column -> line.append(right(column.cell().apply(load), column.width())));
            lines.add(line.append("  ")
                    .append(about(load.about().isEmpty() ? "-" : Printable.line(load.about()), about))
                    .toString());
        }
        return lines.stream().map(String::stripTrailing).toList();
    }

    /** Each with the blank before it. */
    private static List<Column> numbers(boolean wide) {
        int more = wide ? 1 : 0;
        return List.of(
                new Column("R/S", 6 + more, load -> Numbers.count(load.readsPerSecond())),
                new Column("W/S", 6 + more, load -> Numbers.count(load.writesPerSecond())),
                new Column("RMB/S", 6 + more, load -> Numbers.megabytes(load.readBytesPerSecond())),
                new Column("WMB/S", 6 + more, load -> Numbers.megabytes(load.writtenBytesPerSecond())),
                new Column("QUEUE", 6 + more, load -> Numbers.millis(load.queueMillis())),
                new Column(wide ? "SERVICE" : "SERV", wide ? 8 : 6, load -> Numbers.millis(load.serviceMillis())),
                new Column("P99", 6 + more, load -> Numbers.millis(load.percentile99Millis())),
                new Column("QD", 5, load -> Numbers.few(load.depth())),
                new Column("ERR", 5, load -> Numbers.few(load.errors())));
    }

    private static String right(String text, int width) {
        return " ".repeat(Math.max(1, width - text.length())) + text;
    }

    private static String padded(String text, int width) {
        String shown = cut(text, width);
        return shown + " ".repeat(width - shown.length());
    }

    /** What a session comes in by stands before where it goes to, and says more. */
    private String about(String text, int width) {
        if (view != View.SESSION || text.length() <= width) {
            return cut(text, width);
        }
        return text.charAt(width) == ' ' ? text.substring(0, width) : text.substring(0, Math.max(0, width - 1)) + "~";
    }

    /** The beginning and, behind a tilde, the end: names of one kind begin alike. */
    private static String cut(String text, int width) {
        if (text.length() <= width) {
            return text;
        }
        if (width < 8) {
            return text.substring(0, Math.max(0, width));
        }
        int end = width / 2;
        return text.substring(0, width - end - 1) + "~" + text.substring(text.length() - end);
    }
}
