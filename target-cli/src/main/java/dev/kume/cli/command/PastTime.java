package dev.kume.cli.command;

import dev.kume.cli.terminal.CliException;
import dev.kume.cli.terminal.ExitCode;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A time in the past as people write it: {@code 90s}, {@code 1h}, {@code 2d}, {@code 2026-11-27}, and in full. */
final class PastTime {
    private static final Pattern AGO = Pattern.compile("([0-9]{1,6})([smhdw])");
    private static final int DAYS_PER_WEEK = 7;

    private PastTime() {}

    /** A time without a zone is UTC, as those are that Kume prints. */
    static Instant parse(String option, String text, Instant now) {
        Matcher ago = AGO.matcher(text);
        if (ago.matches()) {
            long number = Long.parseLong(ago.group(1));
            return now.minus(
                    switch (ago.group(2)) {
                        case "s" -> Duration.ofSeconds(number);
                        case "m" -> Duration.ofMinutes(number);
                        case "h" -> Duration.ofHours(number);
                        case "d" -> Duration.ofDays(number);
                        default -> Duration.ofDays(number * DAYS_PER_WEEK);
                    });
        }
        String iso = text.replace(' ', 'T');
        try {
            if (iso.indexOf('T') < 0) {
                return LocalDate.parse(iso).atStartOfDay().toInstant(ZoneOffset.UTC);
            }
            boolean zoned = iso.matches(".*(Z|[+-][0-9]{2}:[0-9]{2})");
            return zoned
                    ? OffsetDateTime.parse(iso).toInstant()
                    : LocalDateTime.parse(iso).toInstant(ZoneOffset.UTC);
        } catch (DateTimeException e) {
            throw new CliException(
                    ExitCode.USAGE,
                    "%s '%s' is not a time; write how long ago it was (90s, 30m, 1h, 2d, 1w), or a time of UTC such as"
                                    .formatted(option, text)
                            + " 2026-11-27 or 2026-11-27T12:00");
        }
    }
}
