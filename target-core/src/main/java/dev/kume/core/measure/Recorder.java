package dev.kume.core.measure;

import jdk.jfr.FlightRecorder;

/** The JDK's Flight Recorder, as far as somebody has asked for it. Any thread. */
public final class Recorder {
    private Recorder() {}

    /**
     * False until the first recording of this process begins, and then there is no use in events. To be asked before a
     * class of events is touched: the first of them takes a fifth of a second, which event loops do not have.
     */
    public static boolean isInUse() {
        return FlightRecorder.isInitialized();
    }
}
