package dev.kume.cli.daemon;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.kume.cli.alarm.Alarm;
import dev.kume.cli.alarm.Subject;
import dev.kume.cli.api.ApiPaths;
import dev.kume.cli.api.InitiatorView;
import dev.kume.cli.api.OperationView;
import dev.kume.cli.daemon.RunningManagement.Reply;
import dev.kume.core.disk.vhd.VhdFormat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ManagementApiTest {
    private static final String NODE1 = "iqn.1991-05.com.microsoft:hv-node1";
    private static final String NODE1_TARGET = "iqn.2026-11.dev.kume:store1-hv-node1";

    @TempDir
    Path folder;

    private RunningManagement kume;

    @BeforeEach
    void start() throws DaemonException {
        kume = RunningManagement.in(folder);
    }

    @AfterEach
    void stop() {
        kume.close();
    }

    @Test
    void aClusterIsProvisionedAndOutlivesARestart() throws Exception {
        OperationView made =
                kume.create("{\"name\":\"quorum\",\"size\":\"2GB\",\"sparse\":true,\"sharing\":\"cluster\"}");
        assertEquals(OperationView.DONE, made.state(), () -> String.valueOf(made.error()));
        assertEquals((2L << 30) + 512, Files.size(folder.resolve("disks/quorum.vhd")));
        for (String node : List.of("hv-node1", "hv-node2")) {
            Reply target = kume.post(
                    ApiPaths.TARGETS,
                    "{\"name\":\"%s\",\"initiators\":[\"iqn.1991-05.com.microsoft:%s\"]}".formatted(node, node));
            assertEquals(201, target.status());
            Reply mapped = kume.post(ApiPaths.MAPPINGS, "{\"disk\":\"quorum\",\"target\":\"%s\"}".formatted(node));
            assertEquals(201, mapped.status());
            assertEquals(0, mapped.body().path("lun").asInt());
        }
        kume.exports.connect(7, NODE1, NODE1_TARGET);
        JsonNode disk = kume.get(ApiPaths.disk("QUORUM")).body();
        assertEquals("in use", disk.path("status").asText());
        assertEquals("2 GB", disk.path("size").asText());
        assertEquals(2L << 30, disk.path("sizeBytes").asLong());
        assertTrue(disk.path("allocatedBytes").asLong() < 1 << 20, disk.toString());
        assertEquals(2, disk.path("accessBy").size());
        assertEquals(
                NODE1, disk.path("accessBy").path(0).path("initiators").path(0).asText());
        assertEquals(0, disk.path("accessBy").path(1).path("initiators").size());
        JsonNode target = kume.get(ApiPaths.target("hv-node1")).body();
        assertEquals("connected", target.path("status").asText());
        assertEquals(7, target.path("sessions").path(0).path("id").asInt());
        assertEquals("10.0.0.9", target.path("sessions").path(0).path("address").asText());
        assertEquals(
                "hv-node1", kume.get(ApiPaths.session(7)).body().path("target").asText());

        stop();
        kume = RunningManagement.in(folder);
        assertEquals(
                disk.path("identity"), kume.get(ApiPaths.disk("quorum")).body().path("identity"));
        assertEquals(2, kume.get(ApiPaths.MAPPINGS).body().path("mappings").size());
        assertEquals(2, kume.exports.published.targets().size());
        assertEquals(1, kume.exports.disks.size());
    }

    @Test
    void whatIsWrongIsInTheStatusAtTheDiskAndAmongTheAlarms() throws Exception {
        kume.create("{\"name\":\"a\",\"size\":\"1MB\",\"format\":\"raw\",\"sharing\":\"cluster\"}");
        kume.create("{\"name\":\"b\",\"size\":\"1MB\",\"format\":\"raw\"}");
        JsonNode disk = kume.get(ApiPaths.disk("a")).body();
        UUID uuid = UUID.fromString(disk.path("identity").path("uuid").asText());
        kume.exports.alarms.add(
                new Alarm(Alarm.Key.disk(Alarm.Kind.UNRESERVED_WRITERS, uuid), "two write", "stop one", Samples.THEN));
        kume.exports.alarms.add(new Alarm(
                Alarm.Key.disk(Alarm.Kind.HOST_REFUSED, new UUID(9, 9), "x"),
                "of a disk that is gone",
                "",
                Samples.THEN));
        JsonNode alarms = kume.get(ApiPaths.ALARMS).body().path("alarms");
        assertEquals(1, alarms.size());
        JsonNode alarm = alarms.path(0);
        assertEquals("unreserved-writers", alarm.path("kind").asText());
        assertEquals("critical", alarm.path("severity").asText());
        assertEquals("a", alarm.path("disk").asText());
        assertEquals(
                "{\"kind\":\"disk\",\"name\":\"a\",\"cluster\":null}",
                alarm.path("subject").toString());
        assertTrue(alarm.path("host").isNull());
        assertEquals(alarms, kume.get(ApiPaths.STATUS).body().path("alarms"));
        assertEquals(alarms, kume.get(ApiPaths.disk("a")).body().path("alarms"));
        assertEquals(0, kume.get(ApiPaths.disk("b")).body().path("alarms").size());
    }

    @Test
    void anAlarmIsAboutWhateverItIsAbout() throws Exception {
        kume.exports.alarms.add(new Alarm(Alarm.Key.server("audit log"), "no room", "make room", Samples.THEN));
        kume.exports.alarms.add(new Alarm(
                Alarm.Key.of(Alarm.Kind.SERVICE_TROUBLE, new Subject.Node("hvcluster", "hv-node1")),
                "gone",
                "start it",
                Samples.THEN));
        JsonNode alarms = kume.get(ApiPaths.ALARMS).body().path("alarms");
        assertEquals(
                "{\"kind\":\"service-trouble\",\"severity\":\"warning\","
                        + "\"subject\":{\"kind\":\"server\",\"name\":\"audit log\",\"cluster\":null},\"disk\":null,\"host\":null,"
                        + "\"since\":\"2026-11-23T07:00:00Z\",\"text\":\"no room\",\"remedy\":\"make room\"}",
                alarms.path(0).toString());
        assertEquals(
                "{\"kind\":\"node\",\"name\":\"hv-node1\",\"cluster\":\"hvcluster\"}",
                alarms.path(1).path("subject").toString());
    }

    @Test
    void thawingADiskSaysWhenThereIsNothingToThaw() throws Exception {
        kume.create("{\"name\":\"a\",\"size\":\"1MB\",\"format\":\"raw\"}");
        assertEquals(409, kume.post(ApiPaths.diskThaw("a"), "").status());
        kume.exports.frozen = Set.of(NODE1);
        assertEquals(
                "a", kume.post(ApiPaths.diskThaw("a"), "").body().path("name").asText());
        assertEquals(404, kume.post(ApiPaths.diskThaw("c"), "").status());
    }

    @Test
    void aDiskThatTwoHostsUseDoesNotBecomeExclusive() throws Exception {
        kume.create("{\"name\":\"a\",\"size\":\"1MB\",\"format\":\"raw\",\"sharing\":\"cluster\"}");
        kume.post(ApiPaths.TARGETS, "{\"name\":\"hv-node1\",\"initiators\":[\"%s\"]}".formatted(NODE1));
        kume.post(ApiPaths.MAPPINGS, "{\"disk\":\"a\",\"target\":\"hv-node1\"}");
        kume.exports.connect(1, NODE1, NODE1_TARGET);
        kume.exports.connect(2, NODE1, NODE1_TARGET);
        kume.exports.connect(3, "iqn.1991-05.com.microsoft:hv-node2", NODE1_TARGET);
        Reply refused = kume.patch(ApiPaths.disk("a"), "{\"sharing\":\"exclusive\"}");
        assertEquals(8, refused.exitCode());
        assertEquals(
                "disk 'a' is in use by more than one host (iqn.1991-05.com.microsoft:hv-node1,"
                        + " iqn.1991-05.com.microsoft:hv-node2), so it cannot become exclusive; log all but one of them"
                        + " out first",
                refused.error());
        kume.exports.logout(3);
        assertEquals(
                200,
                kume.patch(ApiPaths.disk("a"), "{\"sharing\":\"exclusive\"}").status());
    }

    @Test
    void theStatusCountsEverything() throws Exception {
        kume.create("{\"name\":\"a\",\"size\":\"1MB\",\"format\":\"raw\"}");
        JsonNode status = kume.get(ApiPaths.STATUS).body();
        assertEquals("ready", status.path("state").asText());
        assertEquals("store1", status.path("host").asText());
        assertEquals(1, status.path("counts").path("disks").asInt());
        assertEquals(1, status.path("inventoryVersion").asInt());
        assertEquals(128, status.path("limits").path("tasksPerSession").asInt());
        assertEquals("listening", status.path("portals").path(0).path("state").asText());
        assertTrue(status.path("configFile").isNull());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{}|400|2|the field 'name' is missing; add it",
                "{\"name\":\"x\"}|400|2|the field 'size' is missing; add it",
                "{\"name\":\"x\",\"siez\":\"1GB\"}|400|2|unknown field 'siez'; did you mean size?",
                "{\"name\":\"x\",\"size\":\"1 potato\"}|400|2|'1 potato' has an unknown unit 'potato'; use B, KB, MB, GB, TB or"
                        + " PB (powers of 1024); ",
                "{\"name\":\"x\",\"size\":\"1000\"}|400|2|disk 'x' is not created: a disk of 1000 bytes cannot be made; give"
                        + " a multiple of 512 bytes, such as 30GB; ",
                "{\"name\":\"x\",\"size\":\"1GB\",\"format\":\"vdi\"}|400|2|'vdi' is not a disk format; did you mean vhd or vhdx?",
                "{\"name\":\"x\",\"size\":\"1GB\",\"type\":\"sparse\"}|400|2|'sparse' is not a type of disk; use one of: fixed,"
                        + " dynamic, differencing",
                "{\"name\":\"x\",\"size\":\"1GB\",\"sharing\":\"all\"}|400|2|'all' is not a sharing; use one of: exclusive,"
                        + " cluster, read-only",
                "{\"name\":\"x\",\"size\":\"1GB\",\"file\":\"x.vhd\"}|400|2|'x.vhd' is not the absolute path of a file; paths"
                        + " are those of the server and begin with /",
                "{\"name\":\"x\",\"size\":\"1GB\",\"file\":\"/no/such/x.vhd\"}|404|3|disk 'x' is not created: there is no"
                        + " directory /no/such on the server; make it, or choose another --file",
                "{\"name\":\"x/y\",\"size\":\"1GB\"}|400|2|'x/y' is not a name for a disk; use letters, digits, '.', '_' and"
                        + " '-', beginning with a letter or digit",
                "{\"name\":\"x\",\"size\":\"4TB\"}|400|2|disk 'x' is not created: a VHD holds at most 2040 GiB (2190433320960"
                        + " bytes), not 4398046511104 bytes; make it smaller or use the vhdx or raw format; ",
                "{\"name\":\"x\",\"size\":[7]}|400|2|the field 'size' has a wrong type; ",
                "[]|400|2|the body is not a JSON object; ",
                "{\"name\"|400|2|the body is not JSON; ",
            })
    void aBadDiskGetsOneLineAndLeavesNothing(String body, int status, int exitCode, String error) throws Exception {
        Reply reply = kume.post(ApiPaths.DISKS, body);
        assertTrue(reply.error().startsWith(error), reply.error());
        assertEquals(status, reply.status());
        assertEquals(exitCode, reply.exitCode());
        assertEquals(0, kume.get(ApiPaths.DISKS).body().path("disks").size());
        assertEquals(List.of(), files());
    }

    @Test
    void anExistingFileIsNeverOverwrittenAndCanBeImported() throws Exception {
        Files.createDirectories(folder.resolve("disks"));
        Path old = folder.resolve("disks/old.img");
        byte[] content = new byte[8192];
        content[5000] = 42;
        Files.write(old, content);
        Reply refused = kume.post(ApiPaths.DISKS, "{\"name\":\"old\",\"size\":\"1MB\",\"format\":\"raw\"}");
        assertEquals(409, refused.status());
        assertEquals(4, refused.exitCode());
        assertEquals(
                "disk 'old' is not created: there is a file %s already, and it is never overwritten; use it as it is with"
                                .formatted(old)
                        + " 'kume disk import NAME --file %s', or choose another --file".formatted(old),
                refused.error());
        Reply imported = kume.post(
                ApiPaths.DISK_IMPORT, "{\"name\":\"old\",\"file\":\"%s\",\"sharing\":\"cluster\"}".formatted(old));
        assertEquals(201, imported.status(), imported::toString);
        assertEquals("raw", imported.body().path("format").asText());
        assertEquals(8192, imported.body().path("sizeBytes").asLong());
        assertArrayEquals(content, Files.readAllBytes(old));
        Reply twice = kume.post(ApiPaths.DISK_IMPORT, "{\"name\":\"other\",\"file\":\"%s\"}".formatted(old));
        assertEquals(409, twice.status());
    }

    @Test
    void aCopyOfADiskInUseIsNotImported() throws Exception {
        kume.create("{\"name\":\"a\",\"size\":\"1MB\"}");
        Path copy = Files.copy(folder.resolve("disks/a.vhd"), folder.resolve("copy.vhd"));
        Reply refused = kume.post(ApiPaths.DISK_IMPORT, "{\"name\":\"b\",\"file\":\"%s\"}".formatted(copy));
        assertEquals(422, refused.status());
        assertEquals(5, refused.exitCode());
        assertTrue(refused.error().contains(copy + " is a copy of the file of disk 'a'"), refused.error());
    }

    @Test
    void aDamagedFileIsNotImported() throws Exception {
        Path file = Files.write(folder.resolve("odd.img"), new byte[700]);
        Reply odd = kume.post(ApiPaths.DISK_IMPORT, "{\"name\":\"b\",\"file\":\"%s\"}".formatted(file));
        assertEquals(400, odd.status());
        assertTrue(odd.error().contains("is not a multiple of the block of 512 bytes"), odd.error());
        Reply missing = kume.post(ApiPaths.DISK_IMPORT, "{\"name\":\"b\",\"file\":\"%s/no.vhd\"}".formatted(folder));
        assertEquals(3, missing.exitCode());
        Reply state = kume.post(
                ApiPaths.DISK_IMPORT, "{\"name\":\"b\",\"file\":\"%s\"}".formatted(folder.resolve("state/lock")));
        assertEquals(5, state.exitCode());
    }

    @Test
    void removingKeepsTheFileUnlessAskedAndIsRefusedWhileMapped() throws Exception {
        kume.create("{\"name\":\"a\",\"size\":\"1MB\"}");
        kume.create("{\"name\":\"b\",\"size\":\"1MB\"}");
        kume.post(ApiPaths.TARGETS, "{\"name\":\"t\"}");
        kume.post(ApiPaths.MAPPINGS, "{\"disk\":\"a\",\"target\":\"t\",\"lun\":3}");
        Reply mapped = kume.delete(ApiPaths.diskRemoval("a", true));
        assertEquals(423, mapped.status());
        assertEquals(8, mapped.exitCode());
        assertEquals("disk 'a' is mapped: LUN 3 of 't'; run 'kume unmap a t' first", mapped.error());
        assertTrue(Files.exists(folder.resolve("disks/a.vhd")));
        assertEquals(200, kume.delete(ApiPaths.unmapping("a", "t", false)).status());
        assertEquals(200, kume.delete(ApiPaths.diskRemoval("a", false)).status());
        assertEquals(200, kume.delete(ApiPaths.diskRemoval("b", true)).status());
        assertEquals(List.of("a.vhd"), files());
        assertEquals(0, kume.exports.disks.size());
        Reply again =
                kume.post(ApiPaths.DISK_IMPORT, "{\"name\":\"a2\",\"file\":\"%s/disks/a.vhd\"}".formatted(folder));
        assertEquals(201, again.status(), again::toString);
    }

    @Test
    void whatHasASessionIsTakenAwayOnlyByForce() throws Exception {
        kume.create("{\"name\":\"a\",\"size\":\"1MB\"}");
        kume.post(ApiPaths.TARGETS, "{\"name\":\"hv-node1\",\"initiators\":[\"%s\"]}".formatted(NODE1));
        kume.post(ApiPaths.MAPPINGS, "{\"disk\":\"a\",\"target\":\"hv-node1\"}");
        kume.exports.connect(1, NODE1, NODE1_TARGET);
        assertEquals(8, kume.delete(ApiPaths.unmapping("a", "hv-node1", false)).exitCode());
        assertEquals(8, kume.delete(ApiPaths.denial("hv-node1", NODE1, false)).exitCode());
        assertEquals(8, kume.delete(ApiPaths.targetRemoval("hv-node1", false)).exitCode());
        assertEquals(200, kume.delete(ApiPaths.denial("hv-node1", NODE1, true)).status());
        assertEquals(200, kume.delete(ApiPaths.unmapping("a", "hv-node1", true)).status());
        assertEquals(200, kume.delete(ApiPaths.targetRemoval("hv-node1", true)).status());
        assertEquals(0, kume.exports.published.targets().size());
        assertEquals(200, kume.delete(ApiPaths.session(1)).status());
        assertEquals(3, kume.delete(ApiPaths.session(1)).exitCode());
    }

    @Test
    void settingChangesOnlyWhatIsGiven() throws Exception {
        kume.create("{\"name\":\"a\",\"size\":\"1MB\",\"description\":\"old\"}");
        JsonNode disk = kume.patch(ApiPaths.disk("a"), "{\"rename\":\"b\",\"sharing\":\"cluster\"}")
                .body();
        assertEquals("b", disk.path("name").asText());
        assertEquals("cluster", disk.path("sharing").asText());
        assertEquals("old", disk.path("description").asText());
        assertEquals(2, kume.patch(ApiPaths.disk("b"), "{}").exitCode());
        Reply nearest = kume.patch(ApiPaths.disk("bb"), "{\"rename\":\"c\"}");
        assertEquals("there is no disk 'bb'; did you mean b?", nearest.error());
        assertEquals(
                "b", nearest.body().path("error").path("suggestions").path(0).asText());
        kume.post(ApiPaths.TARGETS, "{\"name\":\"t\",\"iqn\":\"iqn.2020-01.com.example:T\"}");
        JsonNode target = kume.patch(ApiPaths.target("t"), "{\"rename\":\"u\",\"enabled\":false}")
                .body();
        assertEquals("u", target.path("name").asText());
        assertEquals("disabled", target.path("status").asText());
        assertEquals("iqn.2020-01.com.example:t", target.path("iqn").asText());
        assertEquals(200, kume.put(ApiPaths.allowed("u", NODE1)).status());
        assertEquals(
                2,
                kume.put(ApiPaths.allowed("u", "iqn.1991-05.com.microsoft.hv")).exitCode());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "10.0.0.1/24        | 10.0.0.1/24 has bits set behind its prefix; write 10.0.0.0/24 for the network, or 10.0.0.1 for"
                        + " the one address",
                "10.0.0.0/33        | '10.0.0.0/33' has no prefix length from 1 to 32; write one such as 192.168.10.0/24",
                "gone.example.com   | the DNS name 'gone.example.com' does not resolve on the server; look for a misspelling, mend"
                        + " DNS, or allow an iSCSI name or an address instead",
                "a b                | 'a b' is no iSCSI name, address, network or DNS name; write one such as"
                        + " iqn.1991-05.com.microsoft:hv-node1, 192.168.10.0/24 or hv-node1.example.com",
            })
    void anEntryThatMakesNoSenseIsRefused(String who, String error) throws Exception {
        kume.post(ApiPaths.TARGETS, "{\"name\":\"t\"}");
        Reply allowed = kume.put(ApiPaths.allowed("t", who));
        assertEquals(error, allowed.error());
        assertEquals(400, allowed.status());
        Reply created = kume.post(ApiPaths.TARGETS, "{\"name\":\"u\",\"initiators\":[\"%s\"]}".formatted(who));
        assertEquals(error, created.error());
        assertEquals(0, kume.exports.published.target("t").initiators().size());
    }

    @Test
    void networksAndDnsNamesAreAllowedAndDenied() throws Exception {
        kume.post(ApiPaths.TARGETS, "{\"name\":\"hv-node1\"}");
        for (String who : List.of("10.0.0.0/24", "fd00::/64", "HV-Node1.example.com")) {
            Reply allowed = kume.put(ApiPaths.allowed("hv-node1", who));
            assertEquals(200, allowed.status(), allowed::toString);
        }
        assertEquals(
                List.of("10.0.0.0/24", "fd00:0:0:0:0:0:0:0/64", "hv-node1.example.com"),
                kume.exports.published.target("hv-node1").initiators());
        kume.exports.connect(1, NODE1, NODE1_TARGET);
        kume.delete(ApiPaths.denial("hv-node1", "hv-node1.example.com", false));
        Reply guarded = kume.delete(ApiPaths.denial("hv-node1", "10.0.0.0/24", false));
        assertEquals(8, guarded.exitCode(), guarded::toString);
        assertEquals(
                200,
                kume.delete(ApiPaths.denial("hv-node1", "10.0.0.0/24", true)).status());
    }

    @Test
    void credentialsAreUsedGuardedAndNeverShown() throws Exception {
        String secret = "c2VjcmV0LW9mLW5vZGU="; // secret-of-node
        Reply added = kume.post(ApiPaths.CREDENTIALS, credential("node1", secret));
        assertEquals(201, added.status(), added::toString);
        assertEquals("usable", added.body().path("status").asText());
        kume.post(ApiPaths.CREDENTIALS, credential("same", secret));
        kume.post(ApiPaths.CREDENTIALS, credential("store1", "c2VjcmV0LW9mLXN0b3Jl"));
        Reply target = kume.post(
                ApiPaths.TARGETS,
                "{\"name\":\"t\",\"initiators\":[\"%s\"],\"chap\":[\"NODE1\"],\"mutual\":\"store1\",\"portals\":[\"ISCSI\"]}"
                        .formatted(NODE1));
        assertEquals(201, target.status(), target::toString);
        assertEquals("node1", target.body().path("chap").path(0).asText());
        assertEquals("iscsi", target.body().path("portals").path(0).asText());
        assertEquals(
                "credentials 'same' (--mutual of target 't') and 'node1' (--chap of target 't') have the same secret; give"
                        + " one of them another; a secret must never serve both ways",
                kume.patch(ApiPaths.target("t"), "{\"mutual\":\"same\"}").error());
        Reply rotated = kume.patch(ApiPaths.credential("store1"), "{\"secret\":\"%s\"}".formatted(secret));
        assertEquals(409, rotated.status(), "also when it becomes so later");
        assertEquals(
                "mutual CHAP with 'store1' would answer initiators that have not proven themselves; say with --chap what they"
                        + " have to know",
                kume.patch(ApiPaths.DISCOVERY, "{\"mutual\":\"store1\"}").error());
        Reply own = kume.call("PUT", ApiPaths.allowed("t", NODE1), "{\"chap\":[\"same\"]}");
        assertEquals(
                "same", own.body().path("chapOf").path(0).path("chap").path(0).asText());
        assertEquals(
                200, kume.patch(ApiPaths.DISCOVERY, "{\"chap\":[\"node1\"]}").status());
        Reply busy = kume.delete(ApiPaths.credential("node1"));
        assertEquals(
                "credential 'node1' is used by discovery, target 't'; give them another one, or --no-chap, first",
                busy.error());
        Reply freed = kume.patch(ApiPaths.target("t"), "{\"chap\":[]}");
        assertTrue(freed.body().path("mutual").isNull(), freed::toString);
        assertEquals(200, kume.patch(ApiPaths.DISCOVERY, "{\"chap\":[]}").status());
        assertEquals(200, kume.delete(ApiPaths.credential("node1")).status());
        for (String path : List.of(ApiPaths.CREDENTIALS, ApiPaths.TARGETS, ApiPaths.DISCOVERY)) {
            String shown = kume.get(path).toString();
            assertFalse(shown.contains("secret-of") || shown.contains(secret), shown);
        }
    }

    private static String credential(String name, String secret) {
        return "{\"name\":\"%s\",\"user\":\"user of %s\",\"secret\":\"%s\"}".formatted(name, name, secret);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"name\":\"n\",\"user\":\"u\",\"secret\":\"topsecret!\"}|the field 'secret' is not base64; encode its bytes",
                "{\"name\":\"n\",\"user\":\"u\",\"secret\":[\"topsecret\"]}|the field 'secret' has a wrong type; see docs/api.md",
                "{\"name\":\"n\",\"user\":\"u\",\"secret\":topsecret}|the body is not JSON; see docs/api.md",
                "{\"name\":\"n\",\"user\":\"u\",\"secret\":\"\"}|the secret is empty; use 12 to 16 bytes",
                "{\"name\":\"n\",\"user\":\"u\",\"secret\":\"dG9wc2VjcmV0\"}|the secret has 9 bytes, too few to be safe (RFC 7143"
                        + " 9.2.1); use 12 to 16 bytes",
                "{\"name\":\"n\",\"user\":\"u\"}|the field 'secret' is missing; add it",
                "{\"name\":\"a b\",\"user\":\"u\",\"secret\":\"c2VjcmV0LW9mLW5vZGU=\"}|'a b' is not a name for a credential; use"
                        + " letters, digits, '.', '_' and '-', beginning with a letter or digit",
            })
    void aBadCredentialGetsOneLineThatQuotesNoSecret(String body, String error) throws Exception {
        Reply reply = kume.post(ApiPaths.CREDENTIALS, body);
        assertEquals(error, reply.error());
        assertEquals(400, reply.status());
        assertEquals(
                0, kume.get(ApiPaths.CREDENTIALS).body().path("credentials").size());
        assertFalse(Files.exists(folder.resolve("state/secrets")), "nothing is written");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "store2:3260|'store2:3260' is not an IP address (names are not looked up); write one such as 192.168.10.1:3260 or"
                        + " [fd00::1]:3260",
                "0.0.0.0:3260|no login can be sent to 0.0.0.0:3260; write the address of one portal, such as 192.168.10.1:3260",
                "127.0.0.1|127.0.0.1:3260 is the portal 'iscsi' of this server, which would send the login there again; name"
                        + " another server; --portal ties the target to portals of this one",
            })
    void aRedirectionThatLeadsNowhereIsRefused(String redirect, String error) throws Exception {
        kume.post(ApiPaths.TARGETS, "{\"name\":\"t\"}");
        String problem = kume.patch(ApiPaths.target("t"), "{\"redirect\":\"%s\"}".formatted(redirect))
                .error();
        assertTrue(problem.startsWith(error), problem);
        Reply set = kume.patch(ApiPaths.target("t"), "{\"redirect\":\"10.0.0.2\"}");
        assertEquals("10.0.0.2:3260", set.body().path("redirect").asText());
        Reply none = kume.patch(ApiPaths.target("t"), "{\"redirect\":\"\"}");
        assertTrue(none.body().path("redirect").isNull());
        assertEquals(
                "kume.yaml has no portal 'b'; it has: iscsi",
                kume.patch(ApiPaths.target("t"), "{\"portals\":[\"b\"]}").error());
    }

    @Test
    void initiatorsShowWhereTheyAreAllowedAndConnected() throws Exception {
        kume.post(ApiPaths.TARGETS, "{\"name\":\"hv-node1\",\"initiators\":[\"%s\"]}".formatted(NODE1));
        kume.exports.initiators.add(new InitiatorView(
                NODE1,
                "10.0.0.9",
                RunningManagement.NOW,
                RunningManagement.NOW,
                NODE1_TARGET,
                "logged in",
                null,
                2,
                false,
                List.of()));
        kume.exports.connect(1, NODE1, NODE1_TARGET);
        JsonNode initiator =
                kume.get(ApiPaths.INITIATORS).body().path("initiators").path(0);
        assertTrue(initiator.path("connected").asBoolean());
        assertEquals(2, initiator.path("failures").asInt());
        assertEquals("hv-node1", initiator.path("allowedOn").path(0).asText());
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /v1/nothing, 405",
        "GET, /v2/disks, 405",
        "PUT, /v1/disks, 405",
        "GET, /v1/disks/x/y, 405",
        "GET, /v1/disks/%zz, 400",
        "GET, /v1/sessions/seven, 400",
        "GET, /v1/disks?force=true, 400",
        "DELETE, /v1/disks/a?deleteFile=yes, 404",
        "GET, /v1/operations/9, 404",
    })
    void whatTheApiDoesNotKnowIsAnErrorToo(String method, String path, int status) throws Exception {
        Reply reply = kume.call(method, path, null);
        assertEquals(status, reply.status(), reply::toString);
        assertFalse(reply.body().path("error").path("message").asText().isEmpty());
    }

    @Test
    void aBodyThatIsTooLargeIsRefused() throws Exception {
        Reply reply = kume.post(ApiPaths.DISKS, "{\"name\":\"" + "x".repeat(2 << 20) + "\"}");
        assertEquals(400, reply.status());
        assertEquals("the body has more than 1048576 bytes; send a smaller one", reply.error());
        assertEquals(200, kume.get(ApiPaths.DISKS).status());
    }

    @Test
    void garbageIsAnsweredAndOthersNeverNotice() throws Exception {
        assertTrue(kume.raw("garbage\r\n\r\n").startsWith("HTTP/1.1 400"));
        assertEquals(200, kume.get(ApiPaths.DISKS).status());
    }

    @Test
    void oneConnectionCarriesRequestAfterRequest() throws Exception {
        String request = "GET /v1/disks HTTP/1.1\r\nHost: k\r\n";
        try (var channel = java.nio.channels.SocketChannel.open(
                java.net.UnixDomainSocketAddress.of(kume.settings.adminSocket()))) {
            for (int i = 0; i < 3; i++) {
                channel.write(java.nio.ByteBuffer.wrap((request + "\r\n").getBytes()));
                java.nio.ByteBuffer in = java.nio.ByteBuffer.allocate(4096);
                channel.read(in);
                assertTrue(new String(in.array(), 0, in.position()).startsWith("HTTP/1.1 200"));
            }
        }
    }

    @Test
    void theSocketIsForItsOwnerAlone() throws Exception {
        Path socket = kume.settings.adminSocket();
        assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(socket.getParent())));
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(socket)));
        stop();
        assertFalse(Files.exists(socket));
        kume = RunningManagement.in(folder);
    }

    @Test
    void aSecondDaemonIsRefusedWithThePidOfTheFirst() throws IOException {
        DaemonException refused = assertThrows(DaemonException.class, () -> RunningManagement.in(folder));
        assertEquals(
                "the state directory %s belongs to a daemon that runs (pid 4711); stop that one first, or give this one a"
                                .formatted(folder.resolve("state"))
                        + " stateDirectory of its own",
                refused.getMessage());
        assertEquals(8, refused.exitCode());
        assertEquals(200, kume.get(ApiPaths.DISKS).status());
    }

    @Test
    void aMissingOrDamagedFileMakesItsDiskOfflineAndNotTheDaemon() throws Exception {
        for (String name : List.of("gone", "cut", "good")) {
            kume.create("{\"name\":\"%s\",\"size\":\"1MB\"}".formatted(name));
        }
        stop();
        Files.delete(folder.resolve("disks/gone.vhd"));
        try (var cut = java.nio.channels.FileChannel.open(
                folder.resolve("disks/cut.vhd"), java.nio.file.StandardOpenOption.WRITE)) {
            cut.truncate(1000);
        }
        kume = RunningManagement.in(folder);
        JsonNode gone = kume.get(ApiPaths.disk("gone")).body();
        assertEquals("offline", gone.path("status").asText());
        assertEquals(
                "the file %s/disks/gone.vhd does not exist; bring it back and run 'kume disk online gone'"
                        .formatted(folder),
                gone.path("statusReason").asText());
        assertEquals(
                "offline", kume.get(ApiPaths.disk("cut")).body().path("status").asText());
        assertEquals(
                "idle", kume.get(ApiPaths.disk("good")).body().path("status").asText());
        assertEquals(
                2,
                kume.get(ApiPaths.STATUS)
                        .body()
                        .path("counts")
                        .path("disksOffline")
                        .asInt());
        assertEquals(200, kume.delete(ApiPaths.diskRemoval("gone", true)).status());
    }

    @Test
    void theFileCarriesTheIdentityOfTheDisk() throws Exception {
        kume.create("{\"name\":\"a\",\"size\":\"1MB\"}");
        JsonNode identity = kume.get(ApiPaths.disk("a")).body().path("identity");
        var image = new DiskShelf(
                        dev.kume.core.store.LocalFiles.ofThisHost(), new dev.kume.core.disk.DiskFormats(List.of()))
                .inspect(
                        Files.copy(folder.resolve("disks/a.vhd"), folder.resolve("copy.vhd")),
                        new VhdFormat(new dev.kume.core.Clock() {
                            @Override
                            public long nanoTime() {
                                return 0;
                            }

                            @Override
                            public java.time.Instant now() {
                                return RunningManagement.NOW;
                            }
                        }));
        assertEquals(identity.path("uuid").asText(), assertNotNullString(image.uniqueId()));
    }

    private static String assertNotNullString(Object value) {
        assertNotNull(value);
        return value.toString();
    }

    private List<String> files() throws IOException {
        Path disks = folder.resolve("disks");
        if (!Files.exists(disks)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(disks)) {
            return entries.map(path -> path.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void whatIsSetOnADiskIsShownAndOutlivesARestart() throws Exception {
        OperationView made = kume.create("{\"name\":\"a\",\"size\":\"1MB\",\"format\":\"raw\",\"blockSize\":4096,"
                + "\"writeCache\":false,\"rotation\":\"7200\",\"vendor\":\"ACME\",\"product\":\"Fast Disk\"}");
        assertEquals(OperationView.DONE, made.state(), () -> String.valueOf(made.error()));
        String device = "{\"writeCache\":false,\"rotation\":\"7200\",\"vendor\":\"ACME\",\"product\":\"Fast Disk\"}";
        String sector = "{\"format\":\"4kn\",\"logicalBytes\":4096,\"physicalBytes\":4096}";
        for (int start = 0; start < 2; start++) {
            JsonNode disk = kume.get(ApiPaths.disk("a")).body();
            assertEquals(device, disk.path("device").toString());
            assertEquals(sector, disk.path("sector").toString());
            stop();
            start();
        }
        Reply changed = kume.patch(ApiPaths.disk("a"), "{\"writeCache\":true,\"rotation\":\"ssd\"}");
        assertEquals(
                "{\"writeCache\":true,\"rotation\":\"ssd\",\"vendor\":\"ACME\",\"product\":\"Fast Disk\"}",
                changed.body().path("device").toString());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"blockSize\":4096|disk 'x' cannot have blocks of 4096 bytes: a VHD counts in blocks of 512; use the"
                        + " vhdx or raw format, or blocks of 512 bytes",
                "\"sectorFormat\":\"4kn\"|disk 'x' cannot have blocks of 4096 bytes: a VHD counts in blocks of 512; use the"
                        + " vhdx or raw format, or blocks of 512 bytes",
                "\"blockSize\":4096,\"physicalBlockSize\":512|a disk cannot have blocks of 4096 bytes on physical blocks of"
                        + " 512; use 512 on 512, 512 on 4096 or 4096 on 4096",
                "\"sectorFormat\":\"512e\",\"blockSize\":512|sectorFormat does not go together with blockSize or"
                        + " physicalBlockSize; leave one out",
                "\"rotation\":\"fast\"|'fast' is not a rotation; use ssd, or revolutions per minute from 1025 to 65534, such"
                        + " as 7200",
                "\"vendor\":\"too long for it\"|the vendor 'too long for it' cannot be told to initiators; use 1 to 8"
                        + " characters of ASCII, without spaces at the ends"
            })
    void aSettingThatMakesNoSenseGetsOneLineAndLeavesNothing(String setting, String error) throws Exception {
        Reply refused = kume.post(ApiPaths.DISKS, "{\"name\":\"x\",\"size\":\"1MB\",%s}".formatted(setting));
        assertEquals(error, refused.error());
        assertEquals(400, refused.status());
        assertEquals(0, kume.get(ApiPaths.DISKS).body().path("disks").size());
    }

    @Test
    void aMappingIsReadOnlyAndWritableAgain() throws Exception {
        kume.create("{\"name\":\"a\",\"size\":\"1MB\"}");
        kume.post(ApiPaths.TARGETS, "{\"name\":\"hv-node1\"}");
        Reply mapped = kume.post(ApiPaths.MAPPINGS, "{\"disk\":\"a\",\"target\":\"hv-node1\",\"readOnly\":true}");
        assertTrue(mapped.body().path("readOnly").asBoolean(), mapped.toString());
        stop();
        start();
        assertTrue(
                kume.get(ApiPaths.disk("a")).body().at("/accessBy/0/readOnly").asBoolean());
        assertTrue(kume.get(ApiPaths.target("hv-node1"))
                .body()
                .at("/luns/0/readOnly")
                .asBoolean());
        Reply writable = kume.patch(ApiPaths.mapping("a", "hv-node1"), "{\"readOnly\":false}");
        assertEquals(200, writable.status());
        assertFalse(kume.exports.published.mappings().getFirst().readOnly());
        assertEquals(
                "the field 'readOnly' is missing; add it",
                kume.patch(ApiPaths.mapping("a", "hv-node1"), "{}").error());
        assertEquals(
                404,
                kume.patch(ApiPaths.mapping("a", "nowhere"), "{\"readOnly\":true}")
                        .status());
    }

    @Test
    void aWriteCacheThatIsSetAgainIsSetAgainstWhatAnInitiatorHasSwitched() throws Exception {
        kume.create("{\"name\":\"a\",\"size\":\"1MB\"}");
        kume.patch(ApiPaths.disk("a"), "{\"writeCache\":true}");
        kume.patch(ApiPaths.disk("a"), "{\"rotation\":\"7200\"}");
        assertEquals(List.of("a true"), kume.exports.writeCaches);
    }

    @Test
    void vendorAndProductStayWhileAnInitiatorIsConnected() throws Exception {
        kume.create("{\"name\":\"a\",\"size\":\"1MB\"}");
        kume.post(ApiPaths.TARGETS, "{\"name\":\"hv-node1\"}");
        kume.post(ApiPaths.MAPPINGS, "{\"disk\":\"a\",\"target\":\"hv-node1\"}");
        kume.exports.connect(1, NODE1, NODE1_TARGET);
        Reply refused = kume.patch(ApiPaths.disk("a"), "{\"vendor\":\"ACME\",\"rotation\":\"7200\"}");
        assertEquals(8, refused.exitCode());
        assertEquals(
                "ssd",
                kume.get(ApiPaths.disk("a")).body().at("/device/rotation").asText());
        assertEquals(
                200, kume.patch(ApiPaths.disk("a"), "{\"rotation\":\"7200\"}").status());
    }
}
