package dev.kume.cli.command;

/** How a disk file holds its blocks, as it is typed and as the API has it. */
enum Type {
    FIXED("fixed"),
    DYNAMIC("dynamic"),
    DIFFERENCING("differencing");

    private final String word;

    Type(String word) {
        this.word = word;
    }

    @Override
    public String toString() {
        return word;
    }
}
