package dev.kume.core.scsi;

/** Task attributes, SAM-5 8.8, by their iSCSI codes (RFC 7143 11.3.1). Plain ints: they travel on the data path. */
public final class TaskAttribute {
    /** Taken as SIMPLE. */
    public static final int UNTAGGED = 0;

    public static final int SIMPLE = 1;
    public static final int ORDERED = 2;
    public static final int HEAD_OF_QUEUE = 3;

    /** Refused, as the values above it, since NormACA is 0. */
    public static final int ACA = 4;

    private TaskAttribute() {}
}
