package dev.kume.core.measure;

import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import jdk.jfr.SettingControl;

/** The setting {@code slowerThan} of a recording, {@code 20 ms}. Of several the least. */
public final class SlowerThan extends SettingControl {
    private static final Pattern TIME = Pattern.compile("([0-9]{1,9}) ?(ns|us|ms|s)");
    private static final String USUAL = "20 ms";

    private String value = USUAL;
    private volatile long nanos = nanos(USUAL);

    @Override
    public String combine(Set<String> values) {
        String least = "";
        for (String each : values) {
            if (least.isEmpty() || nanos(each) < nanos(least)) {
                least = each;
            }
        }
        return least.isEmpty() ? USUAL : least;
    }

    @Override
    public void setValue(String text) {
        value = text;
        nanos = nanos(text);
    }

    @Override
    public String getValue() {
        return value;
    }

    boolean isExceededBy(long tookNanos) {
        return tookNanos >= nanos;
    }

    /** A text that is no time is the usual one: the recorder has no way to refuse it. */
    private static long nanos(String text) {
        Matcher time = TIME.matcher(text.strip());
        if (!time.matches()) {
            return nanos(USUAL);
        }
        long count = Long.parseLong(time.group(1));
        return switch (time.group(2)) {
            case "ns" -> count;
            case "us" -> TimeUnit.MICROSECONDS.toNanos(count);
            case "ms" -> TimeUnit.MILLISECONDS.toNanos(count);
            default -> TimeUnit.SECONDS.toNanos(count);
        };
    }
}
