package dev.kume.core.reservation;

/** Service actions of PERSISTENT RESERVE OUT, SPC-4 table 213, in the order of their codes. */
public enum ServiceAction {
    REGISTER,
    RESERVE,
    RELEASE,
    CLEAR,
    PREEMPT,
    PREEMPT_AND_ABORT,
    REGISTER_AND_IGNORE_EXISTING_KEY,
    REGISTER_AND_MOVE;

    /** The SERVICE ACTION field. */
    public int code() {
        return ordinal();
    }
}
