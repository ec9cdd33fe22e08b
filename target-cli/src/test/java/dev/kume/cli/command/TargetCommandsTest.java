package dev.kume.cli.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TargetCommandsTest {
    private static final String IQN = "iqn.1991-05.com.microsoft:hv-node1";
    private static final String IQN_IN_PATH = "iqn.1991-05.com.microsoft%3Ahv-node1";
    private static final String MAPPING =
            "{\"disk\":\"vms\",\"target\":\"hv-node1\",\"iqn\":\"iqn.2026-11.dev.kume:s-hv-node1\",\"lun\":1,"
                    + "\"readOnly\":false}";

    @TempDir
    private Path directory;

    private FakeDaemon daemon;
    private CommandRun kume;

    @BeforeEach
    void open() throws IOException {
        daemon = new FakeDaemon(directory.resolve("s"));
        kume = new CommandRun().server(directory.resolve("s"));
    }

    @AfterEach
    void close() throws IOException {
        daemon.close();
    }

    @Test
    void createSendsEveryInitiator() {
        daemon.answers("POST /v1/targets", 201, Records.NODE1);
        assertEquals(
                0,
                kume.run(
                        "target",
                        "create",
                        "hv-node1",
                        "--iqn",
                        "iqn.2026-11.dev.kume:x",
                        "--initiator",
                        IQN,
                        "--initiator",
                        "iqn.1993-08.org.debian:01:a",
                        "--description",
                        "node 1"));
        assertEquals("Target 'hv-node1' created: iqn.2026-11.dev.kume:store1-hv-node1\n", kume.out());
        assertEquals(
                "POST /v1/targets {\"name\":\"hv-node1\",\"iqn\":\"iqn.2026-11.dev.kume:x\",\"initiators\":[\"" + IQN
                        + "\",\"iqn.1993-08.org.debian:01:a\"],\"description\":\"node 1\",\"chap\":[],\"mutual\":null,\"portals\":[]}",
                daemon.asked().getFirst());
    }

    @Test
    void createPrintsTheRecordInJson() {
        daemon.answers("POST /v1/targets", 201, "{\"name\":\"hv-node1\"}");
        assertEquals(0, kume.run("target", "create", "hv-node1", "-o", "json"));
        assertEquals("{\n  \"name\": \"hv-node1\"\n}\n", kume.out());
    }

    @Test
    void listShowsLunsAndHowManyMayAndDo() {
        daemon.answers("GET /v1/targets", 200, "{\"targets\":[" + Records.NODE1 + "," + Records.EMPTY_TARGET + "]}");
        assertEquals(0, kume.run("target", "list"));
        assertEquals("""
                NAME      STATUS         LUNS      ALLOWED  CHAP    SESSIONS  \
                IQN                                   DESCRIPTION
                hv-node1  connected      0:quorum        1  mutual         1  \
                iqn.2026-11.dev.kume:store1-hv-node1  -
                spare     not connected  -               0  -              0  \
                iqn.2026-11.dev.kume:store1-spare     for later
                """, kume.out());
    }

    @Test
    void showListsWhatIsInIt() {
        daemon.answers("GET /v1/targets/hv-node1", 200, Records.NODE1);
        assertEquals(0, kume.run("target", "show", "hv-node1"));
        assertEquals("""
                name:        hv-node1
                status:      connected
                IQN:         iqn.2026-11.dev.kume:store1-hv-node1
                description: -
                created:     2026-11-23T07:00:00Z
                allowed:     iqn.1991-05.com.microsoft:hv-node1
                CHAP:        node1, mutual: store1
                             iqn.1991-05.com.microsoft:hv-node1: other or third
                portals:     a
                redirect:    10.0.0.1:3260
                LUNs:        0: quorum, 2 GB, in use, read-only
                sessions:    7: iqn.1991-05.com.microsoft:hv-node1 from 192.168.10.11
                """, kume.out());
    }

    @Test
    void showOfAnEmptyTargetSaysWhatToDoNext() {
        daemon.answers("GET /v1/targets/spare", 200, Records.EMPTY_TARGET);
        assertEquals(0, kume.run("target", "show", "spare"));
        assertTrue(kume.out().endsWith("""
                                allowed:     nobody; allow an initiator: kume target allow spare WHO
                                CHAP:        not asked for
                                portals:     all
                                redirect:    none
                                LUNs:        none; map a disk: kume map DISK spare
                                sessions:    none
                                """), kume.out());
    }

    @Test
    void setSendsOnlyWhatIsGiven() {
        daemon.answers("PATCH /v1/targets/hv-node1", 200, Records.NODE1);
        assertEquals(0, kume.run("target", "set", "hv-node1", "--rename", "n1", "--enabled", "false"));
        assertEquals(
                "PATCH /v1/targets/hv-node1 {\"rename\":\"n1\",\"description\":null,\"enabled\":false,\"chap\":null,"
                        + "\"mutual\":null,\"portals\":null,\"redirect\":null}",
                daemon.asked().getFirst());
    }

    @Test
    void removeOfATargetInUseSaysWhoUsesIt() {
        daemon.answers("GET /v1/targets/hv-node1", 200, Records.NODE1);
        assertEquals(8, kume.run("target", "remove", "hv-node1", "--yes"));
        assertEquals(
                "kume: target 'hv-node1' is in use by iqn.1991-05.com.microsoft:hv-node1 at 192.168.10.11;"
                        + " log the initiators out, or add --force\n",
                kume.err());
        assertEquals(List.of("GET /v1/targets/hv-node1"), daemon.asked());
    }

    @Test
    void removeByForceEndsTheSessions() {
        daemon.answers("GET /v1/targets/hv-node1", 200, Records.NODE1);
        daemon.answers("DELETE /v1/targets/hv-node1?force=true", 200, Records.NODE1);
        assertEquals(0, kume.types("yes\n").run("target", "remove", "hv-node1", "--force"));
        assertEquals(
                "target 'hv-node1' would be removed with 1 mapping and 1 session; its disks would stay. Go on? [y/N] ",
                kume.err());
        assertEquals("Target 'hv-node1' removed; its disks stay\n", kume.out());
    }

    @Test
    void allowAndDeny() {
        daemon.answers("PUT /v1/targets/hv-node1/initiators/" + IQN_IN_PATH, 200, Records.NODE1);
        daemon.answers("DELETE /v1/targets/hv-node1/initiators/" + IQN_IN_PATH + "?force=false", 200, Records.NODE1);
        assertEquals(0, kume.run("target", "allow", "hv-node1", IQN));
        assertEquals(0, kume.run("target", "deny", "hv-node1", IQN));
        assertEquals("Target 'hv-node1' allows " + IQN + "\nTarget 'hv-node1' denies " + IQN + "\n", kume.out());
    }

    @Test
    void aNetworkIsOneSegmentOfThePath() {
        daemon.answers("PUT /v1/targets/hv-node1/initiators/fd00%3A%3A%2F64", 200, Records.NODE1);
        assertEquals(0, kume.run("target", "allow", "hv-node1", "fd00::/64"));
        assertEquals("Target 'hv-node1' allows fd00::/64\n", kume.out());
    }

    @Test
    void denyByForceNeedsYes() {
        assertEquals(2, kume.run("target", "deny", "hv-node1", IQN, "--force"));
        assertEquals(List.of(), daemon.asked());
        daemon.answers("DELETE /v1/targets/hv-node1/initiators/" + IQN_IN_PATH + "?force=true", 200, Records.NODE1);
        assertEquals(0, kume.run("target", "deny", "hv-node1", IQN, "--force", "--yes"));
    }

    @Test
    void mapSaysWhichLunItBecame() {
        daemon.answers("POST /v1/mappings", 201, MAPPING);
        assertEquals(0, kume.run("map", "vms", "hv-node1"));
        assertEquals("Disk 'vms' is LUN 1 of target 'hv-node1'\n", kume.out());
        assertEquals(0, kume.run("map", "vms", "hv-node1", "--lun", "1"));
        assertEquals(
                List.of(
                        "POST /v1/mappings {\"disk\":\"vms\",\"target\":\"hv-node1\",\"lun\":null,\"readOnly\":null}",
                        "POST /v1/mappings {\"disk\":\"vms\",\"target\":\"hv-node1\",\"lun\":1,\"readOnly\":null}"),
                daemon.asked());
    }

    @Test
    void mapReadOnlyMakesTheMappingSo() {
        daemon.answers("GET /v1/disks/vms", 200, Records.VMS);
        daemon.answers("POST /v1/mappings", 201, MAPPING.replace("false", "true"));
        assertEquals(0, kume.run("map", "vms", "hv-node1", "--read-only"));
        assertEquals("Disk 'vms' is LUN 1 of target 'hv-node1', read-only\n", kume.out());
        assertEquals(
                "POST /v1/mappings {\"disk\":\"vms\",\"target\":\"hv-node1\",\"lun\":null,\"readOnly\":true}",
                daemon.asked().getLast());
    }

    @Test
    void mapOfWhatIsMappedChangesWhetherItMayBeWritten() {
        daemon.answers("GET /v1/disks/quorum", 200, Records.QUORUM);
        daemon.answers("PATCH /v1/mappings/quorum/HV-node1", 200, MAPPING);
        assertEquals(0, kume.run("map", "quorum", "HV-node1", "--read-write"));
        assertEquals(
                "PATCH /v1/mappings/quorum/HV-node1 {\"readOnly\":false}",
                daemon.asked().getLast());
        daemon.answers("PATCH /v1/mappings/quorum/iqn.2026-11.dev.kume%3Astore1-hv-node2", 200, MAPPING);
        assertEquals(0, kume.run("map", "quorum", "iqn.2026-11.dev.kume:store1-hv-node2", "--read-only"));
        assertEquals(
                "PATCH /v1/mappings/quorum/iqn.2026-11.dev.kume%3Astore1-hv-node2 {\"readOnly\":true}",
                daemon.asked().getLast());
    }

    @Test
    void mapCannotBeBoth() {
        assertEquals(2, kume.run("map", "vms", "hv-node1", "--read-only", "--read-write"));
        assertEquals("kume: --read-only and --read-write contradict each other: give one of them\n", kume.err());
        assertEquals(List.of(), daemon.asked());
    }

    @Test
    void aGuardRailIsStatus5() {
        daemon.answers(
                "POST /v1/mappings",
                422,
                Records.errorBody(
                        "guard", 5, "disk 'vms' is exclusive to hv-node2", "kume disk set vms --sharing cluster"));
        assertEquals(5, kume.run("map", "vms", "hv-node1"));
        assertEquals("kume: disk 'vms' is exclusive to hv-node2; kume disk set vms --sharing cluster\n", kume.err());
    }

    @Test
    void unmapDoesNotAskAndTheDaemonGuardsWhatIsInUse() {
        daemon.answers("DELETE /v1/mappings/vms/hv-node1?force=false", 200, MAPPING);
        assertEquals(0, kume.run("unmap", "vms", "hv-node1"));
        assertEquals("Disk 'vms' was LUN 1 of target 'hv-node1' and is not mapped there any more\n", kume.out());
    }

    @Test
    void unmapByForceSaysWhoLosesTheDiskAndNeedsYes() {
        assertEquals(2, kume.run("unmap", "vms", "hv-node1", "--force"));
        assertEquals(
                "kume: disk 'vms' would be taken out of target 'hv-node1', also under initiators that use it; nobody is at"
                        + " a terminal to confirm it: repeat the command with --yes\n",
                kume.err());
    }

    @Test
    void initiatorListSaysWhyTheyWereRefused() {
        daemon.answers("GET /v1/initiators", 200, """
                {"initiators":[{"name":"iqn.a:1","address":"192.168.10.12","firstSeen":"2026-11-23T07:00:00Z",\
                "lastSeen":"2026-11-23T07:05:00.250Z","lastTarget":"iqn.b:2","outcome":"refused",\
                "reason":"not allowed on hv-node1 (2/02)","failures":12,"connected":false,\
                "allowedOn":["hv-node2"]},\
                {"name":"iqn.a:2","address":"192.168.10.13","firstSeen":"2026-11-23T07:00:00Z",\
                "lastSeen":"2026-11-23T07:05:00.250Z","lastTarget":"iqn.b:2","outcome":"refused",\
                "reason":"a reason of so many words that it would make the whole table \
                wider than a screen is, and more",\
                "failures":1,"connected":false,"allowedOn":[]}]}""");
        assertEquals(0, kume.run("initiator", "list"));
        assertEquals("""
                INITIATOR  ADDRESS        LAST SEEN             OUTCOME  FAILURES  ALLOWED ON  REASON
                iqn.a:1    192.168.10.12  2026-11-23T07:05:00Z  refused        12  hv-node2    \
                not allowed on hv-node1 (2/02)
                iqn.a:2    192.168.10.13  2026-11-23T07:05:00Z  refused         1  -           \
                a reason of so many words that it would make the whole ta...
                """, kume.out());
    }

    @Test
    void sessionList() {
        daemon.answers("GET /v1/sessions", 200, "{\"sessions\":[" + Records.SESSION + "]}");
        assertEquals(0, kume.run("session", "list"));
        assertEquals(
                "ID  TARGET    INITIATOR                           ADDRESS              PORTAL             SINCE"
                        + "  COMMANDS\n"
                        + " 7  hv-node1  iqn.1991-05.com.microsoft:hv-node1  192.168.10.11:49211  192.168.10.1:3260  2h 0m"
                        + "         3\n",
                kume.out());
    }

    @Test
    void sessionLogout() {
        daemon.answers("GET /v1/sessions/7", 200, Records.SESSION);
        daemon.answers("DELETE /v1/sessions/7", 200, Records.SESSION);
        assertEquals(0, kume.run("session", "logout", "7", "-y"));
        assertEquals("Session 7 of iqn.1991-05.com.microsoft:hv-node1 is ended\n", kume.out());
    }

    @Test
    void statusAtOneLook() {
        daemon.answers("GET /v1/status", 200, """
                {"version":"0.1.0","state":"ready","pid":4711,"host":"store1","started":"2026-11-22T09:00:00Z",\
                "uptimeSeconds":93600,"stateDirectory":"/var/lib/kume","configFile":null,\
                "socket":"/run/kume/admin.sock","transport":"epoll","inventoryVersion":42,\
                "portals":[{"name":"iscsi","address":"192.168.10.1:3260","state":"listening"}],\
                "counts":{"disks":2,"disksInUse":1,"disksOffline":1,"targets":1,"mappings":2,"sessions":1,\
                "initiatorsSeen":3,"operationsRunning":0},"limits":{"connections":4096}}""");
        assertEquals(0, kume.run("status"));
        assertEquals("""
                state:           ready, up 1d 2h
                version:         0.1.0 (process 4711 on store1)
                portals:         192.168.10.1:3260 (iscsi, listening)
                disks:           2 disks, 1 in use, 1 OFFLINE (kume disk list)
                targets:         1 target, 2 mappings
                sessions:        1 session, 3 initiators seen
                operations:      0 running
                config:          built-in defaults
                state directory: /var/lib/kume
                socket:          /run/kume/admin.sock
                remote:          off
                """, kume.out());
    }
}
