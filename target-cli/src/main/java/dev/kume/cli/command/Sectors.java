package dev.kume.cli.command;

/** Logical and physical block sizes, as they are typed and as the API has them. */
enum Sectors {
    EMULATED_512("512e"),
    NATIVE_512("512n"),
    NATIVE_4K("4kn");

    private final String word;

    Sectors(String word) {
        this.word = word;
    }

    @Override
    public String toString() {
        return word;
    }
}
