package dev.kume.protocol.initiator;

import dev.kume.protocol.pdu.SerialNumbers;

/** CmdSN and StatSN of a session with one connection (RFC 7143 section 4.2.2), as its initiator counts. Loop only. */
final class SessionNumbers {
    private int cmdSn;
    private int expStatSn;
    private int maxCmdSn;
    private int expCmdSn;

    /** A login begins with this command number; its answers tell the rest. */
    SessionNumbers(int firstCmdSn) {
        cmdSn = firstCmdSn;
        expCmdSn = firstCmdSn;
        maxCmdSn = firstCmdSn;
    }

    /** The first Login Response tells where the status numbers start. */
    void firstStatus(int statSn) {
        expStatSn = statSn + 1;
    }

    /** A PDU that takes a StatSN. */
    void onStatus(int statSn) {
        onCurrentStatus(statSn);
        expStatSn++;
    }

    /** A PDU that shows the next StatSN and does not take it. */
    void onCurrentStatus(int statSn) {
        if (statSn != expStatSn) {
            throw InitiatorException.violation("StatSN %s where %s was due"
                    .formatted(Integer.toUnsignedString(statSn), Integer.toUnsignedString(expStatSn)));
        }
    }

    /** What every PDU of the target says of its window, RFC 7143 4.2.2.1. */
    void onWindow(int exp, int max) {
        if (SerialNumbers.isBefore(max, exp - 1)) {
            throw InitiatorException.violation("MaxCmdSN %s before ExpCmdSN %s"
                    .formatted(Integer.toUnsignedString(max), Integer.toUnsignedString(exp)));
        }
        if (SerialNumbers.isBefore(cmdSn, exp)) {
            throw InitiatorException.violation("ExpCmdSN %s, but the last command was %s"
                    .formatted(Integer.toUnsignedString(exp), Integer.toUnsignedString(cmdSn - 1)));
        }
        if (SerialNumbers.isBefore(expCmdSn, exp)) {
            expCmdSn = exp;
        }
        if (SerialNumbers.isBefore(maxCmdSn, max)) {
            maxCmdSn = max;
        }
    }

    /** True when the target takes one more command. */
    boolean windowIsOpen() {
        return SerialNumbers.isAtOrBefore(cmdSn, maxCmdSn);
    }

    /** The number of an immediate request, which it shares with the next command. */
    int cmdSn() {
        return cmdSn;
    }

    int takeCmdSn() {
        return cmdSn++;
    }

    int expStatSn() {
        return expStatSn;
    }
}
