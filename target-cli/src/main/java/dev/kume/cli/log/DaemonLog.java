package dev.kume.cli.log;

/** The log of this process, as its daemon sets it. Thread safe. */
public interface DaemonLog {
    /** A log that is none of ours: of a test, or of who configures logging by himself. */
    DaemonLog NONE = new DaemonLog() {};

    /** Where lines go from here, and which. */
    default void begin(LogSettings settings) {}

    /** Takes what can change while the daemon runs: format and level. */
    default void reload(LogSettings settings) {}

    /** Writes to the operating system's log as well. */
    default void alsoTo(SystemLog log) {}

    /** Who is told of trouble with a place of the log, also of what there is by now. */
    default void tell(LogTroubles troubles) {}

    /** Brings what waits out, within a second; from then on each line is written by whoever logs it. */
    default void end() {}
}
