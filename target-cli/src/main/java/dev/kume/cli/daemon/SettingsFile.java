package dev.kume.cli.daemon;

import dev.kume.cli.alert.AlertSettings;
import dev.kume.cli.daemon.Settings.PortalSettings;
import dev.kume.cli.files.Causes;
import dev.kume.cli.guard.UnreservedWriters;
import dev.kume.cli.log.LogSettings;
import dev.kume.cli.metrics.MetricsSettings;
import dev.kume.cli.remote.RemoteSettings;
import dev.kume.cli.service.HostPlaces;
import dev.kume.cli.yaml.YamlException;
import dev.kume.cli.yaml.YamlKeys;
import dev.kume.cli.yaml.YamlPaths;
import dev.kume.core.Limits;
import dev.kume.core.Limits.Limit;
import dev.kume.protocol.login.ChapAlgorithm;
import dev.kume.protocol.login.LoginSecurity;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads {@code kume.yaml}, strictly: what it does not understand stops the daemon with one line. */
public final class SettingsFile {
    /** Read when no file is named, if it exists. */
    public static final Path USUAL_PLACE = HostPlaces.OF_THIS_HOST.settings();

    private static final int SCHEMA_VERSION = 1;
    private static final long BYTES_MAX = 1 << 20;
    private static final Pattern IQN_PREFIX =
            Pattern.compile("iqn\\.[0-9]{4}-(0[1-9]|1[0-2])\\.[a-z0-9-]+(\\.[a-z0-9-]+)*(:[a-z0-9.:-]+)?");
    private static final Pattern HOST = Pattern.compile("[A-Za-z0-9.-]{1,63}");

    private SettingsFile() {}

    /** The settings of a file; of {@link #USUAL_PLACE}, or else built-in ones, when none is named. */
    public static Settings load(@Nullable Path file) throws DaemonException {
        Path chosen = file == null && Files.exists(USUAL_PLACE) ? USUAL_PLACE : file;
        return chosen == null
                ? defaults().withMetrics(MetricsSettings.DEFAULTS)
                : load(chosen, PortalsSection.AT_START);
    }

    /**
     * The file of these settings, read again. Refuses what cannot be while the daemon runs.
     *
     * @param running     what the daemon works with, from a file
     * @param tiedTargets names of the targets that are tied to a portal, by its name
     */
    static Settings reload(Settings running, Map<String, List<String>> tiedTargets) throws DaemonException {
        Path file = Objects.requireNonNull(running.file());
        return load(file, new PortalsSection(running.portals(), tiedTargets));
    }

    private static Settings load(Path chosen, PortalsSection portals) throws DaemonException {
        try {
            if (Files.size(chosen) > BYTES_MAX) {
                throw DaemonException.usage(
                        "%s has more than %d bytes; that is no kume.yaml".formatted(chosen, BYTES_MAX));
            }
            return parse(chosen, Files.readString(chosen), portals);
        } catch (NoSuchFileException e) {
            throw DaemonException.usage(
                    "there is no file %s; give the right path with --config, or leave it out".formatted(chosen));
        } catch (CharacterCodingException e) {
            throw DaemonException.usage("%s:1:1: it is not UTF-8 text; save it as UTF-8".formatted(chosen));
        } catch (IOException e) {
            throw DaemonException.failed("%s cannot be read: %s".formatted(chosen, Causes.of(e)));
        } catch (YamlException e) {
            throw DaemonException.usage(e.getMessage());
        }
    }

    /** What a daemon without a file works with. */
    static Settings defaults() {
        HostPlaces places = HostPlaces.OF_THIS_HOST;
        return new Settings(
                null,
                places.state(),
                places.disks(),
                "iqn.2026-11.dev.kume",
                null,
                List.of(new PortalSettings("iscsi", 1, List.of(ListenAddress.parse("0.0.0.0:3260")))),
                LoginSecurity.DEFAULT.algorithms(),
                places.socket(),
                Limits.DEFAULTS);
    }

    /** The settings of a text; what is left out gets its default. */
    static Settings parse(Path file, String text) throws YamlException {
        return parse(file, text, PortalsSection.AT_START);
    }

    static Settings parse(Path file, String text, PortalsSection section) throws YamlException {
        Settings defaults = defaults();
        YamlKeys root = YamlKeys.document(file.toString(), text);
        root.number("schemaVersion", SCHEMA_VERSION, SCHEMA_VERSION);
        Path state = or(root.optionalParsed("stateDirectory", SettingsFile::absolutePath), defaults.stateDirectory());
        Path disks = or(root.optionalParsed("diskDirectory", SettingsFile::absolutePath), state.resolve("disks"));
        String prefix = or(root.optionalParsed("iqnPrefix", SettingsFile::iqnPrefix), defaults.iqnPrefix());
        String host = root.optionalParsed("host", SettingsFile::host);
        Alua alua = or(root.optionalParsed("alua", Alua::of), defaults.alua());
        List<PortalSettings> portals = section.read(root, alua, defaults.portals());
        Path socket = defaults.adminSocket();
        YamlKeys authentication = root.optionalKeys("authentication");
        List<ChapAlgorithm> algorithms =
                authentication == null ? defaults.chapAlgorithms() : ChapAlgorithms.read(authentication);
        YamlKeys admin = root.optionalKeys("admin");
        RemoteSettings remote = null;
        if (admin != null) {
            socket = or(admin.optionalParsed("socket", SettingsFile::absolutePath), socket);
            remote = RemoteSettings.read(
                    admin.optionalKeys("remote"),
                    address -> ListenAddress.parse(address, RemoteSettings.PORT),
                    SettingsFile::absolutePath);
            admin.end();
        }
        IsnsSettings isns = IsnsSettings.of(root.optionalKeys("isns"));
        LogSettings log = LogSettings.of(root.optionalKeys("log"));
        UnreservedWriters writers = unreservedWriters(root.optionalKeys("guards"), defaults.unreservedWriters());
        AlertSettings alerts = AlertSettings.of(root.optionalKeys("alerts"));
        MetricsSettings metrics = MetricsSettings.of(
                root.optionalKeys("metrics"), address -> ListenAddress.parse(address, MetricsSettings.PORT));
        YamlKeys limitKeys = root.optionalKeys("limits");
        Limits limits = limitKeys == null ? Limits.DEFAULTS : limits(limitKeys);
        root.end();
        return new Settings(
                file,
                state,
                disks,
                prefix,
                host,
                portals,
                algorithms,
                socket,
                limits,
                isns,
                alua,
                writers,
                log,
                alerts,
                remote,
                metrics);
    }

    private static UnreservedWriters unreservedWriters(@Nullable YamlKeys guards, UnreservedWriters otherwise)
            throws YamlException {
        if (guards == null) {
            return otherwise;
        }
        UnreservedWriters given = or(guards.optionalParsed("unreservedWriters", UnreservedWriters::ofWord), otherwise);
        guards.end();
        return given;
    }

    private static Limits limits(YamlKeys keys) throws YamlException {
        Map<Limit, Long> given = new EnumMap<>(Limit.class);
        for (Limit limit : Limit.values()) {
            Long value = keys.optionalNumber(limit.key(), limit.min(), limit.max());
            if (value != null) {
                given.put(limit, value);
            }
        }
        keys.end();
        return Limits.of(given);
    }

    private static Path absolutePath(String text) {
        return YamlPaths.absolute(text, "begin it with /");
    }

    private static String iqnPrefix(String text) {
        if (!IQN_PREFIX.matcher(text).matches()) {
            throw new IllegalArgumentException(
                    ("'%s' is not the beginning of an IQN; write iqn., the year and month in which"
                                    + " you owned a domain, and the domain turned around, such as iqn.2026-11.com.example")
                            .formatted(text));
        }
        return text;
    }

    private static String host(String text) {
        if (!HOST.matcher(text).matches()) {
            throw new IllegalArgumentException(
                    "'%s' is not a host name; use letters, digits, '.' and '-'".formatted(text));
        }
        return text;
    }

    private static <T> T or(@Nullable T value, T otherwise) {
        return Objects.requireNonNullElse(value, otherwise);
    }
}
