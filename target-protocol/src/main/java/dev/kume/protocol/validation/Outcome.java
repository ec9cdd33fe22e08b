package dev.kume.protocol.validation;

/** The four results of a validation report. */
public enum Outcome {
    SUCCESS("Success"),
    WARNING("Warning"),
    FAILED("Failed"),
    /** It was not done, or not to its end: it depends on a test that has failed, or somebody stopped it. */
    CANCELED("Canceled");

    private final String word;

    Outcome(String word) {
        this.word = word;
    }

    /** As it stands in reports. */
    public String word() {
        return word;
    }
}
