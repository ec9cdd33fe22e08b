package dev.kume.cli.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.cli.alert.AlertSettings;
import dev.kume.cli.guard.UnreservedWriters;
import dev.kume.cli.remote.RemoteSettings;
import dev.kume.cli.yaml.YamlException;
import dev.kume.core.Limits;
import dev.kume.core.Limits.Limit;
import dev.kume.core.nexus.AccessState;
import dev.kume.protocol.login.ChapAlgorithm;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

final class SettingsFileTest {
    private static final Path FILE = Path.of("/etc/kume/kume.yaml");

    @Test
    void allOfItIsRead() throws YamlException {
        Settings settings = SettingsFile.parse(FILE, """
                schemaVersion: 1
                stateDirectory: /srv/state
                iqnPrefix: iqn.2020-01.com.example
                host: store1
                portals:
                  - name: iscsi
                    listen: ["192.168.10.1:3261", "[fd00::1]:3260", "10.0.0.1"]
                  - {name: second, listen: ["0.0.0.0:3270"]}
                authentication:
                  chapAlgorithms: [SHA-256, md5]
                admin:
                  socket: /run/k/admin.sock
                isns:
                  servers: ["192.168.10.5", "[fd00::5]:3206"]
                  entity: box 1
                  periodSeconds: 60
                limits:
                  tasksPerSession: 64
                """);
        assertEquals(Path.of("/srv/state"), settings.stateDirectory());
        assertEquals(Path.of("/srv/state/disks"), settings.diskDirectory());
        assertEquals("iqn.2020-01.com.example", settings.iqnPrefix());
        assertEquals("store1", settings.host());
        assertEquals(
                List.of("192.168.10.1:3261", "[fd00:0:0:0:0:0:0:1]:3260", "10.0.0.1:3260"),
                settings.portals().getFirst().listen().stream()
                        .map(ListenAddress::format)
                        .toList());
        assertEquals(
                List.of(new InetSocketAddress("0.0.0.0", 3270)),
                settings.portals().getLast().listen());
        assertEquals(Path.of("/run/k/admin.sock"), settings.adminSocket());
        assertEquals(
                List.of("192.168.10.5:3205", "[fd00:0:0:0:0:0:0:5]:3206"),
                settings.isns().servers().stream().map(ListenAddress::format).toList());
        assertEquals("box 1", settings.isns().entity());
        assertEquals(60, settings.isns().periodSeconds());
        assertEquals(List.of(ChapAlgorithm.SHA_256, ChapAlgorithm.MD5), settings.chapAlgorithms());
        assertEquals(64, settings.limits().get(Limit.TASKS_PER_SESSION));
        assertEquals(4096, settings.limits().get(Limit.CONNECTIONS));
    }

    @Test
    void whatIsLeftOutHasItsDefault() throws YamlException {
        Settings settings = SettingsFile.parse(FILE, "schemaVersion: 1\nlimits: {}\nadmin:\n");
        assertEquals(SettingsFile.defaults().portals(), settings.portals());
        assertEquals(SettingsFile.defaults().adminSocket(), settings.adminSocket());
        assertNull(settings.host());
        assertEquals(IsnsSettings.OFF, settings.isns());
        assertEquals(Limits.DEFAULTS.asMap(), settings.limits().asMap());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "iqnPrefix: x|1:1: the key 'schemaVersion' is missing; add it",
                "schemaVersion: 2|1:16: schemaVersion is 2; it must be 1",
                "schemaVersion: one|1:16: schemaVersion must be a whole number from 1 to 1, not 'one'",
                "schemaVersion: 1~stateDir: /x|2:1: unknown key 'stateDir'; did you mean stateDirectory?",
                "schemaVersion: 1~colour: red|2:1: unknown key 'colour'; known keys: schemaVersion, stateDirectory,"
                        + " diskDirectory, iqnPrefix, host, alua, portals, authentication, admin, isns, log, guards, alerts, metrics, limits",
                "schemaVersion: 1~stateDirectory: state|2:17: 'state' is not an absolute path; begin it with /",
                "schemaVersion: 1~stateDirectory: 5|2:17: stateDirectory must be text, not '5'; put it in quotes",
                "schemaVersion: 1~stateDirectory: [/x]|2:17: stateDirectory must be text, not a list; put it in quotes",
                "schemaVersion: 1~iqnPrefix: dev.kume|2:12: 'dev.kume' is not the beginning of an IQN; write iqn., the year"
                        + " and month in which you owned a domain, and the domain turned around, such as"
                        + " iqn.2026-11.com.example",
                "schemaVersion: 1~host: a b|2:7: 'a b' is not a host name; use letters, digits, '.' and '-'",
                "schemaVersion: 1~portals: iscsi|2:10: portals must be a list, not 'iscsi'",
                "schemaVersion: 1~portals: []|2:10: there is no portal; add one with a name and listen addresses",
                "schemaVersion: 1~portals:~  - iscsi|3:5: each item of portals must be a block of keys, not text",
                "schemaVersion: 1~portals:~  - name: a|3:5: portal 'a' has no listen address; add one such as"
                        + " 192.168.10.1:3260",
                "schemaVersion: 1~portals:~  - name: a~    listen: [\"store1:3260\"]|4:14: 'store1:3260' is not an IP"
                        + " address (names are not looked up); write one such as 192.168.10.1:3260 or [fd00::1]:3260",
                "schemaVersion: 1~portals:~  - name: a~    listen: [\"10.0.0.1:99999\"]|4:14: the port of"
                        + " '10.0.0.1:99999' is not from 1 to 65535",
                "schemaVersion: 1~portals:~  - name: a~    listen: [\"10.0.0.256:1\"]|4:14: '10.0.0.256:1' is not an IP"
                        + " address; write one such as 192.168.10.1:3260 or [fd00::1]:3260",
                "schemaVersion: 1~portals:~  - name: a~    listen: [fd00::1]|4:14: 'fd00::1' is not an address and port;"
                        + " write one such as 192.168.10.1:3260 or [fd00::1]:3260",
                "schemaVersion: 1~portals:~  - {name: a, listen: [10.0.0.1:1, 10.0.0.1:1]}|3:23: 10.0.0.1:1 is an address"
                        + " of portal 'a' already; remove it once",
                "schemaVersion: 1~portals:~  - {name: a, listen: [10.0.0.1:1]}~  - {name: b, listen: [0.0.0.0:1]}|4:23:"
                        + " 0.0.0.0:1 and 10.0.0.1:1 of portal 'a' take the same connections; remove one of them",
                "schemaVersion: 1~portals:~  - {name: a, listen: [\"[::]:1\", \"[fd00::1]:1\"]}|3:23: [fd00:0:0:0:0:0:0:1]:1"
                        + " and [0:0:0:0:0:0:0:0]:1 of portal 'a' take the same connections; remove one of them",
                "schemaVersion: 1~portals:~  - {name: a, tag: 0, listen: [10.0.0.1:1]}|3:20: tag is 0; it must be from 1"
                        + " to 65535",
                "schemaVersion: 1~portals:~  - {name: a, tag: 2, listen: [10.0.0.1:1]}~  - {name: b, listen: [10.0.0.2:1]}"
                        + "|4:5: portal 'b' would have tag 2 by its place, which is the tag of portal 'a'; write tag: N",
                "schemaVersion: 1~portals:~  - {name: a, tag: 9, listen: [10.0.0.1:1]}~  - {name: b, tag: 9, listen:"
                        + " [10.0.0.2:1]}|4:20: 9 is the tag of portal 'a' already; write another one",
                "schemaVersion: 1~guards: {unreservedWriters: freez}|2:29: unreservedWriters is 'freez'; write ignore, alarm or"
                        + " freeze",
                "schemaVersion: 1~alerts: {spaceLowPercent: 100}|2:27: spaceLowPercent is 100; it must be from 0 to 99",
                "schemaVersion: 1~alerts: {spaceLowPercent: 5, spaceCriticalPercent: 8}|2:52: spaceCriticalPercent is 8; it"
                        + " must not be above spaceLowPercent, which is 5",
                "schemaVersion: 1~alerts: {slowMs: 5}|2:10: unknown key 'slowMs'; known keys: spaceLowPercent,"
                        + " spaceCriticalPercent, overCommitPercent, nodeGraceSeconds, slowMilliseconds, stuckSeconds",
                "schemaVersion: 1~log: {format: xml}|2:15: 'xml' is no format of a log; write text or json",
                "schemaVersion: 1~log: {level: loud}|2:14: 'loud' is no level of a log; write debug, info, warn or error",
                "schemaVersion: 1~log: {file: kume.log}|2:13: 'kume.log' is not an absolute path; begin it with /, or leave"
                        + " it out for no file",
                "schemaVersion: 1~log: {fileBytes: 100}|2:18: fileBytes is 100; it must be from 65536 to 1073741824",
                "schemaVersion: 1~alua: explicit|2:7: alua is 'explicit'; write none or implicit",
                "schemaVersion: 1~alua: true|2:7: alua must be text, not 'true'; put it in quotes",
                "schemaVersion: 1~portals:~  - {name: a, alua: non-optimized, listen: [10.0.0.1:1]}|3:21: portal 'a' has an"
                        + " access state, but hosts are told of none; write alua: implicit on top",
                "schemaVersion: 1~alua: implicit~portals:~  - {name: a, alua: standby, listen: [10.0.0.1:1]}|4:21: the access"
                        + " state is 'standby'; write optimized or non-optimized",
                "schemaVersion: 1~admin:~  soket: /x|3:3: unknown key 'soket'; did you mean socket?",
                "schemaVersion: 1~isns:~  servers: [store1]|3:13: 'store1' is not an IP address (names are not looked up);"
                        + " write one such as 192.168.10.1:3205 or [fd00::1]:3205",
                "schemaVersion: 1~isns:~  servers: [\"0.0.0.0\"]|3:13: '0.0.0.0' is the address of no server; write one"
                        + " such as 192.168.10.5:3205",
                "schemaVersion: 1~isns:~  servers: [10.0.0.5, \"10.0.0.5:3205\"]|3:12: 10.0.0.5:3205 is there twice",
                "schemaVersion: 1~isns:~  server: [10.0.0.5]|3:3: unknown key 'server'; did you mean servers?",
                "schemaVersion: 1~isns:~  entity: \" \"|3:11: ' ' is no entity name; write 1 to 255 bytes of text, such"
                        + " as store1",
                "schemaVersion: 1~isns:~  periodSeconds: 5|3:18: periodSeconds is 5; it must be from 30 to 86400",
                "schemaVersion: 1~limits:~  taskPerSession: 4|3:3: unknown key 'taskPerSession'; did you mean"
                        + " tasksPerSession?",
                "schemaVersion: 1~limits:~  tasksPerSession: 4|3:20: tasksPerSession is 4; it must be from 8 to 1024",
                "schemaVersion: 1~limits:~  tasksPerSession: many|3:20: tasksPerSession must be a whole number from 8 to"
                        + " 1024, not 'many'",
                "schemaVersion: 1~schemaVersion: 1|2:1: the key 'schemaVersion' is there already, on line 1; remove one of"
                        + " them",
                "schemaVersion: 1~iqnPrefix: &a iqn.2026-11.dev.kume~host: *a|3:7: an alias (*) is not allowed; write the"
                        + " value out, or put it in quotes",
                "schemaVersion: 1~---~host: x|3:1: a second document begins; a file has one",
                "schemaVersion: 1~authentication:~  chapAlgorithms: []|3:19: no algorithm is allowed; name at least one of MD5,"
                        + " SHA-256, SHA3-256",
                "schemaVersion: 1~authentication:~  chapAlgorithms: [SHA256]|3:20: 'SHA256' is not an algorithm of CHAP; did"
                        + " you mean SHA-256 or SHA3-256?",
                "schemaVersion: 1~authentication:~  chapAlgorithms: [SHA-256, sha-256]|3:19: an algorithm is there twice;"
                        + " remove it once",
                "# nothing|1:1: the file is empty",
                "- a|1:1: the file must be a block of keys, not a list",
            })
    void whatIsWrongIsNamedWithItsPlace(String text, String message) {
        YamlException wrong =
                assertThrows(YamlException.class, () -> SettingsFile.parse(FILE, text.replace('~', '\n')));
        assertEquals(FILE + ":" + message, wrong.getMessage());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {"schemaVersion: [1|1:", "schemaVersion: 1~  portals: x|2:", "a: \"b|1:"})
    void whatIsNotYamlIsOneLine(String text, String place) {
        YamlException wrong =
                assertThrows(YamlException.class, () -> SettingsFile.parse(FILE, text.replace('~', '\n')));
        assertTrue(wrong.getMessage().startsWith(FILE + ":" + place), wrong.getMessage());
        assertTrue(wrong.getMessage().contains("this is not YAML: "), wrong.getMessage());
        assertEquals(1, wrong.getMessage().lines().count());
    }

    @Test
    void portalsOfBothFamiliesHaveTheTagThatIsWrittenOrTheirPlace() throws Exception {
        Settings settings = SettingsFile.parse(FILE, """
                schemaVersion: 1
                portals:
                  - {name: a, listen: ["0.0.0.0:3260", "10.0.0.1:3261"]}
                  - {name: b, listen: ["[::]:3261", "[::1]"]}
                  - {name: c, tag: 65535, listen: ["[fd00::1]:3262"]}
                """);
        assertEquals(
                "[1, 2, 65535]",
                settings.portals().stream()
                        .map(Settings.PortalSettings::tag)
                        .toList()
                        .toString());
        assertEquals(
                "[[0:0:0:0:0:0:0:0]:3261, [0:0:0:0:0:0:0:1]:3260]",
                settings.portals().get(1).listen().stream()
                        .map(ListenAddress::format)
                        .toList()
                        .toString());
    }

    @ParameterizedTest
    @EnumSource(UnreservedWriters.class)
    void whatIsDoneAboutUnreservedWriters(UnreservedWriters mode) throws Exception {
        String text = "schemaVersion: 1\nguards:\n  unreservedWriters: " + mode.word() + "\n";
        assertEquals(mode, SettingsFile.parse(FILE, text).unreservedWriters());
        assertEquals(UnreservedWriters.ALARM, SettingsFile.defaults().unreservedWriters());
    }

    @Test
    void whatIsWorthAnAlarm() throws Exception {
        assertEquals(AlertSettings.DEFAULTS, SettingsFile.defaults().alerts());
        assertEquals(
                new AlertSettings(3, 3, 200, 0, 20, 30),
                SettingsFile.parse(FILE, """
                        schemaVersion: 1
                        alerts:
                          spaceLowPercent: 3
                          overCommitPercent: 200
                          nodeGraceSeconds: 0
                          slowMilliseconds: 20
                          stuckSeconds: 30
                        """).alerts());
    }

    @Test
    void asymmetricAccessIsOffUnlessItIsWritten() throws Exception {
        assertEquals(Alua.NONE, SettingsFile.defaults().alua());
        assertEquals(
                Alua.NONE,
                SettingsFile.parse(FILE, "schemaVersion: 1\nalua: none\n").alua());
        Settings settings = SettingsFile.parse(FILE, """
                schemaVersion: 1
                alua: implicit
                portals:
                  - {name: a, listen: ["10.0.0.1:3260"]}
                  - {name: b, listen: ["10.0.0.2:3260"], alua: non-optimized}
                  - {name: c, listen: ["10.0.0.3:3260"], alua: optimized}
                """);
        assertEquals(Alua.IMPLICIT, settings.alua());
        assertEquals(
                List.of(AccessState.OPTIMIZED, AccessState.NON_OPTIMIZED, AccessState.OPTIMIZED),
                settings.portals().stream().map(Settings.PortalSettings::access).toList());
    }

    @Test
    void withAsymmetricAccessThereAreAsManyPortalsAsHostsTake() throws Exception {
        StringBuilder text = new StringBuilder("schemaVersion: 1\nportals:\n");
        for (int i = 1; i <= PortGroups.MAX + 1; i++) {
            text.append("  - {name: p%d, listen: [\"10.0.0.%d:3260\"]}\n".formatted(i, i));
        }
        assertEquals(33, SettingsFile.parse(FILE, text.toString()).portals().size());
        YamlException wrong =
                assertThrows(YamlException.class, () -> SettingsFile.parse(FILE, text + "alua: implicit\n"));
        assertTrue(wrong.getMessage().endsWith("there are 33 portals; with alua: implicit hosts take no more than 32"));
    }

    @Test
    void managementOnTheNetworkIsOffUntilItIsWrittenDown() throws Exception {
        assertNull(SettingsFile.parse(FILE, "schemaVersion: 1\nadmin: {socket: /run/k/s}\n")
                .remote());
        RemoteSettings own = SettingsFile.parse(FILE, "schemaVersion: 1\nadmin: {remote: {listen: \"192.168.1.5\"}}\n")
                .remote();
        assertEquals("192.168.1.5:3261", String.valueOf(own));
        RemoteSettings given = SettingsFile.parse(FILE, """
                schemaVersion: 1
                admin:
                  remote: {listen: "[fd00::1]:8443", certificate: /etc/s.pem, key: /etc/s.key}
                """).remote();
        assertEquals("[fd00:0:0:0:0:0:0:1]:8443 with /etc/s.pem and /etc/s.key", String.valueOf(given));
    }

    @Test
    void mistakesInManagementOnTheNetworkAreNamed() {
        for (String[] each : new String[][] {
            {"{}", "the key 'listen' is missing"},
            {"{listen: \"store1:3261\"}", "is not an IP address"},
            {"{listen: \"10.0.0.1:0\"}", "is not from 1 to 65535"},
            {"{listen: \"10.0.0.1\", certificate: /s.pem}", "certificate goes together with key"},
            {"{listen: \"10.0.0.1\", key: /s.key}", "key goes together with certificate"},
            {"{listen: \"10.0.0.1\", certificate: s.pem, key: /s.key}", "is not an absolute path"},
            {"{listen: \"10.0.0.1\", cert: /s.pem}", "did you mean certificate?"}
        }) {
            YamlException wrong = assertThrows(
                    YamlException.class,
                    () -> SettingsFile.parse(FILE, "schemaVersion: 1\nadmin:\n  remote: " + each[0] + "\n"));
            assertTrue(wrong.getMessage().startsWith(FILE + ":3:"), wrong.getMessage());
            assertTrue(wrong.getMessage().contains(each[1]), wrong.getMessage());
        }
    }

    @Test
    void aFileThatIsNotThereIsNamed(@TempDir Path folder) {
        Path missing = folder.resolve("kume.yaml");
        DaemonException wrong = assertThrows(DaemonException.class, () -> SettingsFile.load(missing));
        assertEquals(
                "there is no file %s; give the right path with --config, or leave it out".formatted(missing),
                wrong.getMessage());
        assertEquals(2, wrong.exitCode());
    }

    @Test
    void theCommentedFileShowsEveryKeyAndDefault() throws Exception {
        Path commented = Path.of("").toAbsolutePath().getParent().resolve("config/kume.yaml");
        String text = Files.readString(commented);
        Settings read = SettingsFile.load(commented);
        Settings defaults = SettingsFile.defaults();
        assertEquals(defaults.stateDirectory(), read.stateDirectory());
        assertEquals(defaults.iqnPrefix(), read.iqnPrefix());
        assertEquals(defaults.portals(), read.portals());
        assertEquals(defaults.adminSocket(), read.adminSocket());
        assertEquals(defaults.chapAlgorithms(), read.chapAlgorithms());
        assertEquals(defaults.alua(), read.alua());
        for (Limit limit : Limit.values()) {
            String range = " From %d to %d.".formatted(limit.min(), limit.max());
            String line = "\n  %s: %d\n".formatted(limit.key(), limit.defaultValue());
            assertTrue(text.contains(range + line), "missing or wrong: " + line.strip() + range);
        }
        for (String optional : List.of("# diskDirectory: ", "# host: ")) {
            assertTrue(text.contains(optional), optional);
        }
    }
}
