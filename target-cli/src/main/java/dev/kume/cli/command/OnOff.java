package dev.kume.cli.command;

/** A switch, as it is typed. */
enum OnOff {
    ON("on"),
    OFF("off");

    private final String word;

    OnOff(String word) {
        this.word = word;
    }

    @Override
    public String toString() {
        return word;
    }
}
