package dev.kume.protocol.connection;

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
        /** A duplicate, or outside of the window: as if it had never come, RFC 7143 4.2.2.1. */
        IGNORE,
        /** Commands before it are missing, which one TCP connection can not explain. */
        GAP
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

    Verdict admit(int cmdSn, boolean immediate) {
        if (immediate) {
            return Verdict.TAKE;
        }
        int ahead = cmdSn - expCmdSn;
        if (ahead < 0 || cmdSn - maxCmdSn > 0) {
            return Verdict.IGNORE;
        }
        if (ahead > 0) {
            return Verdict.GAP;
        }
        expCmdSn++;
        return Verdict.TAKE;
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
