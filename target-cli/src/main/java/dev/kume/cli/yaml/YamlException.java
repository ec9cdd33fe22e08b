package dev.kume.cli.yaml;

/** A YAML file is not what it must be. The message is one line: {@code FILE:LINE:COLUMN: what is wrong; the remedy}. */
public final class YamlException extends Exception {
    private static final long serialVersionUID = 1L;

    public YamlException(String file, int line, int column, String problem) {
        super("%s:%d:%d: %s".formatted(file, line, column, problem));
    }

    @Override
    public String getMessage() {
        return String.valueOf(super.getMessage());
    }
}
