package dev.kume.cli.log;

/** Hears when a place of the log cannot be written. On the thread of the log, so it must not wait for lines. */
public interface LogTroubles {
    /** @param place such as {@code log file /var/log/kume/kume.log} */
    void begun(String place, String reason);

    void over(String place);
}
