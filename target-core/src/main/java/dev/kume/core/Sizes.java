package dev.kume.core;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Sizes as people write them, counted as Windows counts: {@code 30GB} = {@code 30GiB} = {@code 30720MB} = 30 x 2^30
 * bytes. Everywhere else a size is a {@code long} of bytes.
 */
public final class Sizes {
    private static final Pattern SIZE = Pattern.compile("([0-9]{1,19})(\\.[0-9]{1,19})? ?([A-Za-z]*)");
    private static final String LETTERS = "KMGTP";
    private static final String EXAMPLES = "such as 30GB, 1.5TB, 30720MB or a number of bytes";

    private Sizes() {}

    /**
     * The bytes of a size: {@code 2TB}, {@code 1.5GiB}, {@code 512K}, {@code 1048576}, {@code 30 gb}.
     *
     * @throws IllegalArgumentException with one line that quotes the text and says what is wrong with it
     */
    public static long parse(String text) {
        Matcher matcher = SIZE.matcher(text.strip());
        if (!matcher.matches()) {
            throw new IllegalArgumentException("'%s' is not a size; write one %s".formatted(text, EXAMPLES));
        }
        String fraction = matcher.group(2) == null ? "" : matcher.group(2);
        BigDecimal bytes =
                new BigDecimal(matcher.group(1) + fraction).multiply(new BigDecimal(unitBytes(text, matcher.group(3))));
        if (bytes.stripTrailingZeros().scale() > 0) {
            throw new IllegalArgumentException(
                    "'%s' is not a whole number of bytes; write one %s".formatted(text, EXAMPLES));
        }
        if (bytes.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) > 0) {
            throw new IllegalArgumentException("'%s' is more than any disk can hold".formatted(text));
        }
        return bytes.longValueExact();
    }

    /**
     * The size for people: the largest unit of which there is at least one, with at most two decimals: {@code 1.5 TB}.
     */
    public static String format(long sizeBytes) {
        int power = 0;
        while (power < LETTERS.length() && sizeBytes >= 1L << (10 * (power + 1))) {
            power++;
        }
        if (power == 0) {
            return sizeBytes + " B";
        }
        // Rounded down: 1023.999 GB must not read as a terabyte that is not there.
        BigDecimal amount =
                BigDecimal.valueOf(sizeBytes).divide(BigDecimal.valueOf(1L << (10 * power)), 2, RoundingMode.DOWN);
        return amount.stripTrailingZeros().toPlainString() + " " + LETTERS.charAt(power - 1) + "B";
    }

    private static long unitBytes(String text, String unit) {
        String letters = unit.toUpperCase(Locale.ROOT);
        if (letters.isEmpty() || letters.equals("B")) {
            return 1;
        }
        int power = LETTERS.indexOf(letters.charAt(0)) + 1;
        String rest = letters.substring(1);
        if (power == 0 || !(rest.isEmpty() || rest.equals("B") || rest.equals("IB"))) {
            throw new IllegalArgumentException(
                    "'%s' has an unknown unit '%s'; use B, KB, MB, GB, TB or PB (powers of 1024)"
                            .formatted(text, unit));
        }
        return 1L << (10 * power);
    }
}
