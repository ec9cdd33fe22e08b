package dev.kume.cli.command;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ReservationCommandsTest {
    private static final String NEXUS = """
            {"initiator":"iqn.1991-05.com.microsoft:hv-node%d","isid":"400001370000","target":%s,\
            "targetIqn":"iqn.2026-11.dev.kume:store1-hv-node%d","portalGroup":1,"connected":%s,"address":%s}""";
    private static final String NODE1 = NEXUS.formatted(1, "\"hv-node1\"", 1, true, "\"192.168.10.11:49211\"");
    private static final String NODE2 = NEXUS.formatted(2, "null", 2, false, "null");
    private static final String QUORUM = """
            {"disk":"quorum","generation":9,"throughPowerLoss":true,"reservation":{"type":"write exclusive, registrant\
            s only",\
            "code":5,"holder":%s,"key":"000000000000000a","since":"2026-11-23T08:30:00Z"},"reservedBy":null,\
            "registrations":[{"nexus":%s,"key":"000000000000000a","allTargetPorts":false,"since":"2026-11-23T08:00:00Z\
            ",\
            "holder":true},{"nexus":%s,"key":"000000000000000b","allTargetPorts":true,"since":"2026-11-23T08:59:00Z",\
            "holder":false}],"history":[{"at":"2026-11-23T08:30:00Z","by":"hv-node1","action":"PREEMPT",\
            "key":"000000000000000c","type":"write exclusive, registrants only","generation":9,"removed":["x"]}]}\
            """.formatted(NODE1, NODE1, NODE2);
    private static final String FREE = """
            {"disk":"vms","generation":0,"throughPowerLoss":false,"reservation":null,"reservedBy":%s,\
            "registrations":[],"history":[]}""".formatted(NODE2);

    @TempDir
    private Path folder;

    private FakeDaemon daemon;
    private CommandRun kume;

    @BeforeEach
    void start() throws IOException {
        Path socket = folder.resolve("admin.sock");
        daemon = new FakeDaemon(socket);
        kume = new CommandRun().server(socket);
    }

    @AfterEach
    void stop() throws IOException {
        daemon.close();
    }

    @Test
    void listSaysWhoHoldsWhat() {
        daemon.answers("GET /v1/reservations", 200, "{\"reservations\":[" + QUORUM + "," + FREE + "]}");
        assertEquals(0, kume.run("reservation", "list"));
        assertEquals("""
                DISK    HOLDER                              TARGET                                          TYPE      \
                                         SINCE  REGISTERED  GENERATION
                quorum  iqn.1991-05.com.microsoft:hv-node1  hv-node1                                        write excl\
                usive, registrants only    30m           2           9
                vms     iqn.1991-05.com.microsoft:hv-node2  iqn.2026-11.dev.kume:store1-hv-node2 (removed)  RESERVE (S\
                CSI-2)                       -           0           0
                """, kume.out());
    }

    @Test
    void showSaysAllThereIs() {
        daemon.answers("GET /v1/reservations/quorum", 200, QUORUM);
        assertEquals(0, kume.run("reservation", "show", "quorum"));
        assertEquals("""
                disk:             quorum
                holder:           iqn.1991-05.com.microsoft:hv-node1 (ISID 400001370000) through hv-node1, connected f\
                rom \
                192.168.10.11:49211
                type:             write exclusive, registrants only
                key:              000000000000000a
                since:            2026-11-23T08:30:00Z (30m)
                registered:       000000000000000a iqn.1991-05.com.microsoft:hv-node1 (ISID 400001370000) through hv-n\
                ode1, \
                connected from 192.168.10.11:49211, for 1h 0m, holder
                                  000000000000000b iqn.1991-05.com.microsoft:hv-node2 (ISID 400001370000) through \
                iqn.2026-11.dev.kume:store1-hv-node2 (removed), not connected, for 1m, on all target ports
                generation:       9
                after power loss: kept (APTPL)
                history:          2026-11-23T08:30:00Z PREEMPT key 000000000000000c, write exclusive, registrants only\
                 by \
                hv-node1; removed x
                """, kume.out());
    }

    @Test
    void clearIsRefusedBeforeItAsksWhileANodeIsThere() {
        daemon.answers("GET /v1/reservations/quorum", 200, QUORUM);
        assertEquals(8, kume.run("reservation", "clear", "quorum", "--yes"));
        assertEquals(
                "kume: disk 'quorum' has registered nodes that are logged in: iqn.1991-05.com.microsoft:hv-node1;"
                        + " let their cluster release it, or repeat with --force\n",
                kume.err());
        assertEquals(List.of("GET /v1/reservations/quorum"), daemon.asked());
    }

    @Test
    void clearWithForceSaysWhatIsLostAndNeedsAYes() {
        daemon.answers("GET /v1/reservations/quorum", 200, QUORUM)
                .answers("DELETE /v1/reservations/quorum?force=true", 200, FREE);
        assertEquals(2, kume.run("reservation", "clear", "quorum", "--force"));
        assertEquals(
                "kume: disk 'quorum' would lose the reservation of iqn.1991-05.com.microsoft:hv-node1 and"
                        + " 2 registrations; a node that still writes to it could then write beside another one;"
                        + " nobody is at a terminal to confirm it: repeat the command with --yes\n",
                kume.err());
        assertEquals(0, kume.run("reservation", "clear", "quorum", "--force", "--yes"));
        assertEquals("Disk 'quorum' has no reservation and no registration any more\n", kume.out());
        assertEquals("DELETE /v1/reservations/quorum?force=true", daemon.asked().getLast());
    }
}
