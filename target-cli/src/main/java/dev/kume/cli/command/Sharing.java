package dev.kume.cli.command;

/** Who may have a disk at once, as it is typed and as the API has it. */
enum Sharing {
    EXCLUSIVE("exclusive"),
    CLUSTER("cluster"),
    READ_ONLY("read-only");

    private final String word;

    Sharing(String word) {
        this.word = word;
    }

    @Override
    public String toString() {
        return word;
    }
}
