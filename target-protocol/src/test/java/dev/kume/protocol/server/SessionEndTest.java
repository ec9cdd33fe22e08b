package dev.kume.protocol.server;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.core.Limits;
import dev.kume.core.Limits.Limit;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** How sessions end: reinstatement, logout, lost connections, and the stop of the server. */
final class SessionEndTest {
    @Test
    void aNewLoginWaitsForTheTasksOfTheOldSession() throws Exception {
        try (Rig rig = Rig.standard()) {
            RawInitiator old = rig.session("ImmediateData=Yes");
            rig.disk.arrived.drainPermits();
            rig.disk.block();
            old.send(old.write(5, 1).with(new byte[512]));
            rig.disk.awaitArrivals(1);
            RawInitiator young = rig.connect();
            young.sendLogin(RawInitiator.NAME, RawInitiator.TARGET);
            old.expectClosed();
            young.expectSilence(100);
            rig.disk.unblock();
            young.loginAnswer();
            assertTrue(young.tsih != 0 && young.tsih != old.tsih);
            assertEquals(List.of("062907"), young.clearAttentions());
            assertEquals(
                    1, rig.target.server().sessions().get(5, TimeUnit.SECONDS).size());
        }
    }

    @Test
    void ofThreeLoginsAtOnceTheLastStays() throws Exception {
        try (Rig rig = Rig.standard()) {
            RawInitiator old = rig.session();
            rig.disk.arrived.drainPermits();
            rig.disk.block();
            old.send(old.write(5, 1).with(new byte[512]));
            rig.disk.awaitArrivals(1);
            RawInitiator second = rig.connect();
            second.sendLogin(RawInitiator.NAME, RawInitiator.TARGET);
            old.expectClosed();
            RawInitiator third = rig.connect();
            third.sendLogin(RawInitiator.NAME, RawInitiator.TARGET);
            second.expectClosed();
            RawInitiator fourth = rig.connect();
            fourth.sendLogin(RawInitiator.NAME, RawInitiator.TARGET);
            third.expectClosed();
            rig.disk.unblock();
            fourth.loginAnswer();
            fourth.clearAttentions();
            Rig.eventually("the others are gone", () -> rig.target.server().connectionCount() == 1);
        }
    }

    @Test
    void loginsThatRaceLeaveOneSession() throws Exception {
        try (Rig rig = Rig.standard()) {
            for (int round = 0; round < 20; round++) {
                List<CompletableFuture<RawInitiator>> logins = new java.util.ArrayList<>();
                for (int i = 0; i < 3; i++) {
                    logins.add(CompletableFuture.supplyAsync(() -> {
                        RawInitiator initiator = rig.connect();
                        try {
                            initiator.loggedIn(RawInitiator.NAME, RawInitiator.TARGET);
                        } catch (RuntimeException lost) {
                            // Another one was later.
                        }
                        return initiator;
                    }));
                }
                logins.forEach(CompletableFuture::join);
                Rig.eventually("one is left", () -> rig.target.server().connectionCount() == 1);
                assertEquals(1, rig.target.server().sessions().join().size());
            }
        }
    }

    @Test
    void otherIsidsStayBesideEachOther() throws IOException {
        try (Rig rig = Rig.standard()) {
            RawInitiator first = rig.session();
            RawInitiator second = rig.connect();
            second.isidQualifier = 2;
            second.loggedIn(RawInitiator.NAME, RawInitiator.TARGET);
            second.clearAttentions();
            first.ping();
            assertEquals(List.of(), first.clearAttentions());
        }
    }

    @Test
    void handlesAreGivenBack() throws IOException {
        try (Rig rig = Rig.standard()) {
            Set<Integer> seen = new TreeSet<>();
            for (int i = 0; i < 100; i++) {
                RawInitiator initiator = rig.connect().loggedIn(RawInitiator.NAME, RawInitiator.TARGET);
                assertTrue(initiator.tsih != 0);
                assertTrue(seen.add(initiator.tsih), "a handle is not used again at once");
                WirePdu logout = initiator.logout(0);
                WirePdu answer = initiator.send(logout).receive();
                assertEquals(WirePdu.LOGOUT_RESPONSE, answer.opcode());
                assertEquals(0, answer.octet(2));
                assertEquals(List.of(), initiator.expectClosed());
                initiator.close();
            }
            Rig.eventually("all have left", () -> rig.target.server().connectionCount() == 0);
        }
    }

    @Test
    void aLogoutIsAnsweredWhenTheTasksHaveEndedAndNothingBehindItIsDone() throws Exception {
        try (Rig rig = Rig.standard()) {
            RawInitiator initiator = rig.session("ImmediateData=Yes");
            rig.disk.arrived.drainPermits();
            rig.disk.block();
            initiator.send(initiator.write(5, 1).with(new byte[512]));
            rig.disk.awaitArrivals(1);
            WirePdu logout = initiator.logout(1);
            initiator.send(logout);
            initiator.send(initiator.write(6, 1).with(new byte[512]));
            initiator.send(initiator.read(6, 1));
            initiator.send(initiator.nopOut(new byte[0]));
            initiator.expectSilence(100);
            rig.disk.unblock();
            List<WirePdu> last = initiator.expectClosed();
            assertEquals(1, last.size(), last::toString);
            assertEquals(WirePdu.LOGOUT_RESPONSE, last.getFirst().opcode());
            assertArrayEquals(ScriptedDisk.pattern(6 * 512, 512), rig.disk.at(6 * 512, 512));
        }
    }

    @Test
    void aConnectionThatIsLostInTheMiddleOfEverythingLeavesNothing() throws Exception {
        try (Rig rig = Rig.standard()) {
            for (int round = 0; round < 3; round++) {
                RawInitiator initiator = rig.session("ImmediateData=Yes", "InitialR2T=No");
                rig.disk.arrived.drainPermits();
                rig.disk.block();
                rig.disk.hot = offset -> offset > 1_000_000;
                for (int i = 0; i < 10; i++) {
                    initiator.send(initiator.write(i, 512));
                    initiator.send(initiator.read(i, 600));
                    initiator.send(initiator.read(4096 + i, 2048));
                    initiator.send(initiator
                            .command(0, 0x21, 65_536, RawInitiator.cdb10(0x2A, 9, 128))
                            .with(new byte[512]));
                }
                // Four threads a disk, one of them for writes alone: three reads wait in the disk.
                rig.disk.awaitArrivals(3);
                // In the middle of a PDU, too.
                initiator.sendBytes(new byte[] {1, 2, 3});
                initiator.close();
                if (round == 1) {
                    // The tasks end only later.
                    Rig.eventually(
                            "the session ends",
                            () -> rig.target.server().sessions().join().isEmpty());
                    assertEquals(1, rig.target.server().connectionCount());
                }
                rig.disk.unblock();
                Rig.eventually("it has left", () -> rig.target.server().connectionCount() == 0);
                assertEquals(0, rig.target.server().dataBytes());
            }
        }
    }

    @Test
    void aPeerThatDoesNotReadItsEndIsCut() throws Exception {
        try (Rig rig = Rig.standard()) {
            RawInitiator slow = rig.keep(RawInitiator.narrow(rig.port()))
                    .loggedIn(RawInitiator.NAME, RawInitiator.TARGET, "MaxRecvDataSegmentLength=262144");
            slow.clearAttentions();
            for (int i = 0; i < 5; i++) {
                slow.send(slow.read(i, 8192));
            }
            Rig.eventually("output waits", () -> rig.target.server().lentChunks() > 0);
            long id = rig.target.server().sessions().join().getFirst().id();
            assertTrue(rig.target.server().logout(id).join());
            Rig.eventually("it is cut", () -> rig.target.server().connectionCount() == 0);
        }
    }

    @Test
    void aStopAsksForLogoutAndCutsWhoStays() throws Exception {
        try (Rig rig = Rig.standard()) {
            RawInitiator polite = rig.session();
            RawInitiator stubborn = rig.otherSession();
            CompletableFuture<Void> stopped = rig.target.server().stop(1);
            for (RawInitiator each : List.of(polite, stubborn)) {
                WirePdu asks = each.receive();
                assertEquals(WirePdu.ASYNC_MESSAGE, asks.opcode());
                assertEquals(1, asks.octet(36), "target requests logout");
                assertEquals(1, asks.header().getShort(42), "Parameter3: seconds");
            }
            assertEquals(0, polite.run(polite.read(1, 1)).status());
            assertEquals(
                    WirePdu.LOGOUT_RESPONSE,
                    polite.send(polite.logout(0)).receive().opcode());
            polite.expectClosed();
            List<WirePdu> notice = stubborn.expectClosed();
            assertEquals(1, notice.size(), notice::toString);
            assertEquals(WirePdu.ASYNC_MESSAGE, notice.getFirst().opcode());
            stopped.get(5, TimeUnit.SECONDS);
            Rig.eventually("nobody is left", () -> rig.target.server().connectionCount() == 0);
        }
    }

    @Test
    void aStopWaitsForDiskIo() throws Exception {
        try (Rig rig = Rig.standard()) {
            RawInitiator initiator = rig.session("ImmediateData=Yes");
            rig.disk.arrived.drainPermits();
            rig.disk.block();
            initiator.send(initiator.write(5, 1).with(new byte[512]));
            rig.disk.awaitArrivals(1);
            CompletableFuture<Void> stopped = rig.target.server().stop(0);
            initiator.expectClosed();
            assertEquals(1, rig.disk.inside.get());
            assertTrue(!stopped.isDone(), "a task is still inside of the disk");
            rig.disk.unblock();
            stopped.get(5, TimeUnit.SECONDS);
        }
    }

    @Test
    void nobodyLogsInWhileTheServerStops() throws Exception {
        try (Rig rig = Rig.standard()) {
            RawInitiator initiator = rig.connect();
            RawInitiator half = rig.connect();
            half.sendBytes(new byte[20]);
            Rig.eventually("both are there", () -> rig.target.server().connectionCount() == 2);
            rig.target.server().stop(0).get(5, TimeUnit.SECONDS);
            initiator.expectClosed();
            half.expectClosed();
        }
    }

    @Test
    void manySessionsComeAndGo() throws Exception {
        Limits limits = Limits.of(java.util.Map.of(Limit.LOGINS_PER_ADDRESS, 256L));
        try (Rig rig = new Rig(limits, Transport.AUTO)) {
            List<RawInitiator> sessions = new java.util.ArrayList<>();
            for (int i = 0; i < 64; i++) {
                RawInitiator initiator = rig.connect();
                initiator.isidQualifier = i;
                sessions.add(initiator.loggedIn(RawInitiator.NAME, RawInitiator.TARGET));
            }
            assertEquals(64, rig.target.server().sessions().join().size());
            for (int i = 0; i < 64; i++) {
                sessions.get(i).clearAttentions();
                WirePdu read = sessions.get(i).read(i, 8);
                assertArrayEquals(
                        ScriptedDisk.pattern(i * 512, 4096),
                        sessions.get(i).run(read).data());
            }
        }
    }
}
