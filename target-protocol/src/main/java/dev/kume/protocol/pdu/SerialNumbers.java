package dev.kume.protocol.pdu;

/**
 * Serial number arithmetic of RFC 1982 with 32 bits, as RFC 7143 section 4.2.2.1 wants for CmdSN, StatSN and DataSN.
 */
public final class SerialNumbers {
    private SerialNumbers() {}

    /**
     * True when {@code a} comes before {@code b}. Two numbers half the circle apart are not ordered: false both ways.
     */
    public static boolean isBefore(int a, int b) {
        return b - a > 0;
    }

    /** True when {@code a} is {@code b} or comes before it. */
    public static boolean isAtOrBefore(int a, int b) {
        return a == b || isBefore(a, b);
    }

    /** True when {@code number} lies in the window of {@code first} to {@code last}, both inside; it may be empty. */
    public static boolean isWithin(int number, int first, int last) {
        return isAtOrBefore(first, number) && isAtOrBefore(number, last);
    }

    /** Steps from {@code from} up to {@code to}; negative when {@code to} comes first. */
    public static int distance(int from, int to) {
        return to - from;
    }
}
