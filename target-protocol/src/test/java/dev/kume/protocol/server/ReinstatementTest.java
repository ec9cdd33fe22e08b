package dev.kume.protocol.server;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.core.Limits;
import dev.kume.core.Limits.Limit;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Logins that are about a session that is there already, RFC 7143 6.3.4, 6.3.5 and 11.13.5. */
final class ReinstatementTest {
    private static final int TOO_MANY_CONNECTIONS = 0x0206;
    private static final int SESSION_DOES_NOT_EXIST = 0x020A;

    private static int status(Rig rig, String name, String target, int isidQualifier, int tsih, int cid) {
        RawInitiator initiator = rig.connect();
        initiator.isidQualifier = isidQualifier;
        initiator.loginTsih = tsih;
        initiator.cid = cid;
        int status = initiator.tryLogin(name, target).header().getShort(36) & 0xFFFF;
        assertEquals(List.of(), initiator.expectClosed());
        return status;
    }

    @Test
    void aHandleOfNoSessionOrOfAnothersIsRefused() throws Exception {
        try (Rig rig = Rig.standard()) {
            RawInitiator session = rig.session();
            RawInitiator others = rig.otherSession();
            String name = RawInitiator.NAME;
            String target = RawInitiator.TARGET;
            int unknown = 0x7777;
            assertEquals(SESSION_DOES_NOT_EXIST, status(rig, name, target, 1, unknown, 1));
            assertEquals(SESSION_DOES_NOT_EXIST, status(rig, name, target, 1, others.tsih, 1), "of another initiator");
            assertEquals(SESSION_DOES_NOT_EXIST, status(rig, name, target, 9, session.tsih, 1), "of another ISID");
            assertEquals(SESSION_DOES_NOT_EXIST, status(rig, name, "", 1, session.tsih, 1), "discovery");
            assertEquals(List.of(), session.clearAttentions(), "nobody noticed");
            assertEquals(List.of(), others.clearAttentions());
        }
    }

    @Test
    void aSecondConnectionOfASessionIsOneTooMany() throws Exception {
        try (Rig rig = Rig.standard()) {
            RawInitiator session = rig.session();
            assertEquals(
                    TOO_MANY_CONNECTIONS,
                    status(rig, RawInitiator.NAME, RawInitiator.TARGET, 1, session.tsih, RawInitiator.CID + 1));
            assertEquals(List.of(), session.clearAttentions(), "the session does not notice");
        }
    }

    @Test
    void aConnectionThatLogsInAgainTakesItsOwnPlaceWhenItsTasksHaveEnded() throws Exception {
        try (Rig rig = Rig.standard()) {
            RawInitiator old = rig.session("ImmediateData=Yes");
            rig.disk.arrived.drainPermits();
            rig.disk.block();
            old.send(old.write(5, 1).with(new byte[512]));
            rig.disk.awaitArrivals(1);
            RawInitiator young = rig.connect();
            young.loginTsih = old.tsih;
            young.cmdSn = old.cmdSn;
            young.sendLogin(RawInitiator.NAME, RawInitiator.TARGET);
            assertEquals(List.of(), old.expectClosed(), "its tasks end without further notice");
            young.expectSilence(100);
            rig.disk.unblock();
            assertEquals(0, young.loginAnswer().header().getShort(36));
            assertEquals(old.tsih, young.tsih, "the session's handle");
            young.clearAttentions();
            assertArrayEquals(
                    ScriptedDisk.pattern(6 * 512, 512),
                    young.run(young.read(6, 1)).data());
            assertEquals(1, rig.target.server().sessions().join().size());
            // The handle is the session's until it ends, and then nobody's.
            assertEquals(
                    TOO_MANY_CONNECTIONS,
                    status(rig, RawInitiator.NAME, RawInitiator.TARGET, 1, young.tsih, RawInitiator.CID + 1));
            young.send(young.logout(0)).expectClosed();
            Rig.eventually("it has left", () -> rig.target.server().connectionCount() == 0);
            assertEquals(
                    SESSION_DOES_NOT_EXIST,
                    status(rig, RawInitiator.NAME, RawInitiator.TARGET, 1, young.tsih, RawInitiator.CID));
        }
    }

    @Test
    void ofManyLoginsThatRaceTheNewestSurvivesAlone() throws Exception {
        Limits limits = Limits.of(Map.of(Limit.LOGINS_PER_ADDRESS, 64L));
        try (Rig rig = new Rig(limits, Transport.AUTO)) {
            for (int round = 0; round < 10; round++) {
                List<CompletableFuture<RawInitiator>> logins = new ArrayList<>();
                for (int i = 0; i < 8; i++) {
                    RawInitiator initiator = rig.connect();
                    logins.add(CompletableFuture.supplyAsync(() -> {
                        try {
                            initiator.loggedIn(RawInitiator.NAME, RawInitiator.TARGET);
                        } catch (UncheckedIOException lost) {
                            // Another one was later.
                        }
                        return initiator;
                    }));
                }
                List<RawInitiator> all =
                        logins.stream().map(CompletableFuture::join).toList();
                Rig.eventually("one is left", () -> rig.target.server().connectionCount() == 1);
                // Handles are given in the order in which the sessions began.
                int newest = all.stream().mapToInt(each -> each.tsih).max().orElseThrow();
                assertTrue(newest != 0, "one has logged in");
                assertEquals(
                        newest, rig.target.server().sessions().join().getFirst().tsih());
                for (RawInitiator each : all) {
                    if (each.tsih == newest) {
                        each.clearAttentions();
                        assertEquals(0, each.run(each.read(1, 1)).status());
                    } else {
                        each.expectClosed();
                    }
                }
            }
        }
    }

    @Test
    void aLoginThatBeganEarlierAndEndsLaterIsTheNewer() throws Exception {
        try (Rig rig = Rig.standard()) {
            RawInitiator slow = rig.connect();
            List<String> who = List.of("InitiatorName=" + RawInitiator.NAME, "TargetName=" + RawInitiator.TARGET);
            WirePdu first = slow.send(slow.loginPdu(0x04, who)).receive();
            assertEquals(0, first.header().getShort(36));
            slow.expStatSn = first.statSn() + 1;
            RawInitiator quick = rig.session();
            assertEquals(0, quick.run(quick.read(1, 1)).status(), "a login under way is in nobody's way");
            slow.send(slow.loginPdu(0x87, List.of())).loginAnswer();
            quick.expectClosed();
            assertEquals(List.of("062907"), slow.clearAttentions());
            assertEquals(1, rig.target.server().sessions().join().size());
        }
    }
}
