package dev.kume.cli.archive;

/** What was to be unpacked is none of our archives, or damaged. The message is the end of a sentence about it. */
public final class ArchiveException extends Exception {
    private static final long serialVersionUID = 1L;

    ArchiveException(String message) {
        super(message);
    }

    @Override
    public String getMessage() {
        return String.valueOf(super.getMessage());
    }
}
