package dev.kume.core.disk;

/** The parent of a disk file is not there, or is not what it was. */
public final class ParentException extends DiskFormatException {
    private static final long serialVersionUID = 1L;

    private final boolean missing;

    ParentException(String message, boolean missing) {
        super(message);
        this.missing = missing;
    }

    /** True when there is no file in any place where it could be; false when what is there is not the parent. */
    public boolean missing() {
        return missing;
    }
}
