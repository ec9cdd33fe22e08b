package dev.kume.cli.command;

import dev.kume.cli.terminal.CliException;
import dev.kume.cli.terminal.ExitCode;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A disk at a portal: {@code iscsi://host[:port]/iqn/lun}, as other iSCSI programs write it too. */
record IscsiUrl(String host, int port, String target, int lun) {
    private static final int DEFAULT_PORT = 3260;
    private static final int PORT_MAX = 65_535;
    private static final int LUN_MAX = 16_383;
    private static final Pattern FORM = Pattern.compile(
            "iscsi://(?<host>\\[[0-9a-fA-F:.%]+]|[^\\[\\]:/@?#]+)(:(?<port>\\d{1,5}))?/(?<target>[^/?#]+)/(?<lun>\\d{1,5})");

    static IscsiUrl of(String text) {
        Matcher parts = FORM.matcher(text);
        if (!parts.matches()) {
            throw new CliException(
                    ExitCode.USAGE,
                    "'%s' is no iSCSI URL; write iscsi://HOST[:PORT]/TARGET/LUN, such as".formatted(text)
                            + " iscsi://10.0.0.10/iqn.2026-11.dev.kume:hv-node1/0");
        }
        String port = parts.group("port");
        return new IscsiUrl(
                parts.group("host").replaceAll("[\\[\\]]", ""),
                port == null ? DEFAULT_PORT : number(text, "port", port, 1, PORT_MAX),
                parts.group("target"),
                number(text, "LUN", parts.group("lun"), 0, LUN_MAX));
    }

    private static int number(String text, String what, String digits, int min, int max) {
        int number = Integer.parseInt(digits);
        if (number < min || number > max) {
            throw new CliException(
                    ExitCode.USAGE,
                    "the %s in '%s' is %d; it goes from %d to %d".formatted(what, text, number, min, max));
        }
        return number;
    }
}
