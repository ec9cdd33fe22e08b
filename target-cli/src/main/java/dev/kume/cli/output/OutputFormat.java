package dev.kume.cli.output;

/** What {@code -o} may say. The names are lower case because they are what the administrator types. */
public enum OutputFormat {
    /** For people. */
    table,
    /** The management API's records as JSON. */
    json,
    /** The same records as YAML. */
    yaml
}
