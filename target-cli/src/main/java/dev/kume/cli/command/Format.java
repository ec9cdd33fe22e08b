package dev.kume.cli.command;

/** Disk file formats, as they are typed and as the API has them. */
enum Format {
    VHD("vhd"),
    VHDX("vhdx"),
    RAW("raw");

    private final String word;

    Format(String word) {
        this.word = word;
    }

    @Override
    public String toString() {
        return word;
    }
}
