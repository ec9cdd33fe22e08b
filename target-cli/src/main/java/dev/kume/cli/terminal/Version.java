package dev.kume.cli.terminal;

import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;

/** The version of Kume, as the build wrote it beside this class. */
public final class Version {
    private Version() {}

    /** {@code 0.1.0}. */
    public static String number() {
        Properties properties = new Properties();
        try (InputStream in = Version.class.getResourceAsStream("version.properties")) {
            if (in != null) {
                properties.load(in);
            }
        } catch (IOException e) {
            // A version that cannot be read is an unknown one, and no reason to stop.
            properties.clear();
        }
        return properties.getProperty("version", "unknown");
    }
}
