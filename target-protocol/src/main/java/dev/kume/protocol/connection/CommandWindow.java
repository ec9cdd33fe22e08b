package dev.kume.protocol.connection;

import dev.kume.protocol.pdu.SerialNumbers;

/**
 * CmdSN, MaxCmdSN and StatSN of one session, RFC 7143 4.2.2. Loop only.
 *
 * <p>The window is the pool of task slots: MaxCmdSN follows the slots that are free and never goes back, so overload
 * closes the window and nothing is queued beyond it.
 */
final class CommandWindow {
    /** What to do with a request that carries a CmdSN. */
    enum Verdict {
        /** In order: carry it out. */
        TAKE,
        /** Requests before it are missing: it waits for them. */
        AHEAD,
        /** Received before, or outside of the window: as if it had never come, RFC 7143 4.2.2.1. */
        IGNORE
    }

    private final int slots;
    private int expCmdSn;
    private int maxCmdSn;
    private int statSn;
    private int outstanding;

    CommandWindow(int slots, int firstCmdSn, int firstStatSn) {
        this.slots = slots;
        this.expCmdSn = firstCmdSn;
        this.maxCmdSn = firstCmdSn + slots - 1;
        this.statSn = firstStatSn;
    }

    /** Judges a request, which is not received by that. An immediate one takes no number. */
    Verdict look(int cmdSn, boolean immediate) {
        if (immediate || (cmdSn == expCmdSn && contains(cmdSn))) {
            return Verdict.TAKE;
        }
        return contains(cmdSn) ? Verdict.AHEAD : Verdict.IGNORE;
    }

    boolean contains(int cmdSn) {
        return SerialNumbers.isWithin(cmdSn, expCmdSn, maxCmdSn);
    }

    /** The request whose turn it was is received. */
    void received() {
        expCmdSn++;
    }

    /**
     * The request just received is rejected: its number is open again, RFC 7143 7.3. Before anything is sent, so that
     * nobody has heard of it.
     */
    void notReceived() {
        expCmdSn--;
    }

    int slots() {
        return slots;
    }

    /** A task has taken a slot. */
    void taken() {
        outstanding++;
        assert outstanding <= slots : outstanding;
    }

    /** A task's slot is free. */
    void freed() {
        outstanding--;
        assert outstanding >= 0;
        int now = expCmdSn + slots - outstanding - 1;
        if (now - maxCmdSn > 0) {
            maxCmdSn = now;
        }
    }

    int expCmdSn() {
        return expCmdSn;
    }

    /** The highest CmdSN the initiator may send; a command admitted without a slot in use widens it. */
    int maxCmdSn() {
        int now = expCmdSn + slots - outstanding - 1;
        if (now - maxCmdSn > 0) {
            maxCmdSn = now;
        }
        return maxCmdSn;
    }

    /** The StatSN of a PDU that carries a status; each takes the next. */
    int nextStatSn() {
        return statSn++;
    }

    /** The StatSN that the next status will carry, for PDUs that do not take one. */
    int statSn() {
        return statSn;
    }

    int outstanding() {
        return outstanding;
    }
}
