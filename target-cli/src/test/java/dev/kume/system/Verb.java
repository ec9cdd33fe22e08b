package dev.kume.system;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.List;

/** Something that is done to disks while they are written, and that is ended in its middle again and again. */
interface Verb {
    /** Makes all ready for a run, before there is load. */
    default void prepare() throws Exception {}

    /** False when the disks cannot be used meanwhile. */
    default boolean isLive() {
        return true;
    }

    /** False when nothing tells whether it is done. */
    default boolean isToBeSeen() {
        return true;
    }

    /** Sends the request; the answer. */
    JsonNode begin() throws IOException;

    /** True when all is as it should be after the verb, false when all is as it was before; else it fails. */
    boolean isDone() throws Exception;

    /**
     * What the verb has made is right.
     *
     * @param fromNanos before it began
     * @param toNanos   after it had ended
     */
    default void verify(long fromNanos, long toNanos) throws Exception {}

    /** What was on the disks is there, or what the verb has put in its place. Nobody writes meanwhile. */
    default void checkContent(List<LoadedDisk> disks, String when) throws Exception {
        for (LoadedDisk disk : disks) {
            disk.checkNothingIsLost(when);
        }
    }

    /** Removes what the verb has made, where the next run could not begin otherwise. */
    default void undo() throws Exception {}
}
