package dev.kume.cli.output;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/** Rows under upper-case headers, columns aligned with two blanks between them and no lines drawn. */
public final class Table {
    private record Column(String header, boolean right) {}

    private final List<Column> columns = new ArrayList<>();
    private final List<List<String>> rows = new ArrayList<>();

    /** Adds a column of words. */
    public Table column(String header) {
        columns.add(new Column(header, false));
        return this;
    }

    /** Adds a column of numbers, aligned at its right edge. */
    public Table number(String header) {
        columns.add(new Column(header, true));
        return this;
    }

    /** Adds a row; an empty cell prints as a dash, so that every row has as many words as there are columns. */
    public Table row(String... cells) {
        if (cells.length != columns.size()) {
            throw new IllegalArgumentException("a row of " + cells.length + " under " + columns.size() + " columns");
        }
        List<String> row = new ArrayList<>(cells.length);
        for (String cell : cells) {
            row.add(cell.isEmpty() ? "-" : Printable.line(cell));
        }
        rows.add(row);
        return this;
    }

    public void print(PrintStream out) {
        lines().forEach(out::println);
    }

    /** The header and the rows. */
    public List<String> lines() {
        List<String> headers = columns.stream().map(Column::header).toList();
        int[] widths = new int[columns.size()];
        widen(widths, headers);
        rows.forEach(row -> widen(widths, row));
        List<String> lines = new ArrayList<>();
        lines.add(line(widths, headers));
        rows.forEach(row -> lines.add(line(widths, row)));
        return lines;
    }

    private static void widen(int[] widths, List<String> cells) {
        for (int i = 0; i < widths.length; i++) {
            widths[i] = Math.max(widths[i], Printable.width(cells.get(i)));
        }
    }

    private String line(int[] widths, List<String> cells) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < widths.length; i++) {
            String cell = cells.get(i);
            String padding = " ".repeat(widths[i] - Printable.width(cell));
            line.append(i == 0 ? "" : "  ");
            line.append(columns.get(i).right() ? padding + cell : cell + padding);
        }
        return line.toString().stripTrailing();
    }
}
