package dev.kume.cli.service;

import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The text of what systemd reads: the unit of a copy of Kume, and what depends on where its disks are. */
final class SystemdUnit {
    /** The program in a line that starts it, behind the letters that systemd has for exceptions. */
    private static final Pattern PROGRAM = Pattern.compile("(?m)^(Exec[A-Za-z]+=[-+!@:]*)/\\S*/kume(?=\\s|$)");

    private static final Pattern STATE = Pattern.compile("(?m)^StateDirectory=(\\S+)");

    private SystemdUnit() {}

    /** The unit with its program where this copy has it. */
    static String at(String unit, Path program) {
        return PROGRAM.matcher(unit)
                .replaceAll(line ->
                        line.group(1) + Matcher.quoteReplacement(word(program).replace("$", "$$")));
    }

    /**
     * The drop-in that makes systemd wait for the folders of the disks, and lets the daemon write there.
     *
     * @param unit the unit, which may give the state directory already
     */
    static String disks(String unit, ServicePlaces places) {
        Matcher given = STATE.matcher(unit);
        Path stateOfUnit = given.find() ? Path.of("/var/lib").resolve(given.group(1)) : null;
        Set<Path> folders = new LinkedHashSet<>();
        if (stateOfUnit == null || !places.state().equals(stateOfUnit)) {
            folders.add(places.state());
        }
        folders.add(places.disks());
        folders.addAll(places.images());
        List<String> mounts = folders.stream().map(SystemdUnit::word).toList();
        // A folder that is not there makes its disks offline, not the daemon: hence the minus.
        String writable = folders.stream()
                .filter(folder -> stateOfUnit == null || !folder.startsWith(stateOfUnit))
                .map(folder ->
                        folder.toString().matches("[\\w./+:@-]+") ? "-" + folder : "\"-" + escaped(folder) + "\"")
                .collect(Collectors.joining(" "));
        return """
                # Written by kume service install, by what kume.yaml and the inventory say. Run it again when there are
                # disks in other folders.
                [Unit]
                RequiresMountsFor=%s
                """.formatted(String.join(" ", mounts))
                + (writable.isEmpty() ? "" : "\n[Service]\nReadWritePaths=%s\n".formatted(writable));
    }

    /** A path as one word of systemd's own syntax. */
    static String word(Path path) {
        String text = path.toString();
        return text.matches("[\\w./+:@-]+") ? text : "\"" + escaped(path) + "\"";
    }

    private static String escaped(Path path) {
        return path.toString().replace("\\", "\\\\").replace("\"", "\\\"").replace("%", "%%");
    }
}
