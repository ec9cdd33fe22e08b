package dev.kume.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class SizesTest {
    @ParameterizedTest
    @CsvSource({
        "30GB, 32212254720",
        "30GiB, 32212254720",
        "30720MB, 32212254720",
        "30 gb, 32212254720",
        "32212254720, 32212254720",
        "32212254720B, 32212254720",
        "2T, 2199023255552",
        "1.5TB, 1649267441664",
        "0.5KB, 512",
        "0, 0",
        "1PiB, 1125899906842624",
        "9223372036854775807, 9223372036854775807",
    })
    void sizesCountInPowersOf1024(String text, long bytes) {
        assertEquals(bytes, Sizes.parse(text));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "\"\"|'' is not a size; write one such as 30GB, 1.5TB, 30720MB or a number of bytes",
                "-1GB|'-1GB' is not a size; write one such as 30GB, 1.5TB, 30720MB or a number of bytes",
                "GB|'GB' is not a size; write one such as 30GB, 1.5TB, 30720MB or a number of bytes",
                "1e9|'1e9' is not a size; write one such as 30GB, 1.5TB, 30720MB or a number of bytes",
                "1,5TB|'1,5TB' is not a size; write one such as 30GB, 1.5TB, 30720MB or a number of bytes",
                "30XB|'30XB' has an unknown unit 'XB'; use B, KB, MB, GB, TB or PB (powers of 1024)",
                "30Gib2|'30Gib2' is not a size; write one such as 30GB, 1.5TB, 30720MB or a number of bytes",
                "30GBB|'30GBB' has an unknown unit 'GBB'; use B, KB, MB, GB, TB or PB (powers of 1024)",
                "0.3KB|'0.3KB' is not a whole number of bytes; write one such as 30GB, 1.5TB, 30720MB or a number of bytes",
                "9223372036854775808|'9223372036854775808' is more than any disk can hold",
                "99999999PB|'99999999PB' is more than any disk can hold",
            })
    void aBadSizeGetsOneLineThatQuotesIt(String text, String message) {
        assertEquals(
                message,
                assertThrows(IllegalArgumentException.class, () -> Sizes.parse(text))
                        .getMessage());
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0 B",
        "1023, 1023 B",
        "1024, 1 KB",
        "32212254720, 30 GB",
        "1649267441664, 1.5 TB",
        "1099511627775, 1023.99 GB",
        "9223372036854775807, 8191.99 PB",
    })
    void sizesReadInTheLargestUnit(long bytes, String text) {
        assertEquals(text, Sizes.format(bytes));
    }

    @Test
    void whatFormatWritesParseReads() {
        assertEquals(30L << 30, Sizes.parse(Sizes.format(30L << 30)));
    }
}
