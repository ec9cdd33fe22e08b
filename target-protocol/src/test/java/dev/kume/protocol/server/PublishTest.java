package dev.kume.protocol.server;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.kume.core.scsi.LogicalUnit;
import dev.kume.core.scsi.LunMap;
import dev.kume.protocol.connection.Target;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Targets that change while they are used: what a change takes away is gone when it is told to be done. */
final class PublishTest {
    private static TargetSpec spec(
            String name, boolean enabled, Set<String> initiators, Map<Integer, LogicalUnit> luns) {
        return new TargetSpec(name, new Target.Definition("", enabled, initiators, LunMap.of(luns)));
    }

    private static TargetSpec node1(Map<Integer, LogicalUnit> luns) {
        return spec(RawInitiator.TARGET, true, Set.of(RawInitiator.NAME), luns);
    }

    private static TargetSpec node2(Rig rig) {
        return spec(Rig.OTHER_TARGET, true, Set.of(Rig.OTHER_NAME), Map.of(0, rig.unit));
    }

    @Test
    void anUnmapIsDoneWhenNothingOfItCanReachTheDisk() throws Exception {
        try (Rig rig = Rig.standard()) {
            ScriptedDisk secondDisk = new ScriptedDisk(1 << 20);
            LogicalUnit second = rig.target.unit("second", secondDisk);
            publish(rig, node1(Map.of(0, rig.unit, 1, second)), node2(rig));
            RawInitiator initiator = rig.session("ImmediateData=Yes", "InitialR2T=Yes");
            initiator.run(initiator.command(1, 0x81, 0, new byte[16]));
            rig.disk.arrived.drainPermits();
            rig.disk.block();
            initiator.send(initiator.write(5, 1).with(new byte[512]));
            initiator.send(initiator.write(6, 1));
            assertEquals(WirePdu.R2T, initiator.receive().opcode());
            rig.disk.awaitArrivals(1);
            CompletableFuture<Void> done = rig.target.server().publish(List.of(node1(Map.of(1, second)), node2(rig)));
            WirePdu elsewhere = initiator.command(1, 0x81, 0, new byte[16]);
            assertEquals("063f0e", initiator.run(elsewhere).last().sense());
            assertFalse(done.isDone(), "a write is still inside of the disk");
            rig.disk.unblock();
            done.get(5, TimeUnit.SECONDS);
            assertEquals(0, rig.disk.inside.get());
            int writes = rig.disk.writes.get();
            assertEquals("052500", initiator.run(initiator.read(5, 1)).last().sense());
            // Told once.
            assertEquals(
                    0,
                    initiator.run(initiator.command(1, 0x81, 0, new byte[16])).status());
            initiator.ping();
            assertEquals(writes, rig.disk.writes.get());
        }
    }

    private static void publish(Rig rig, TargetSpec... specs) throws Exception {
        rig.target.server().publish(List.of(specs)).get(5, TimeUnit.SECONDS);
    }

    @Test
    void aDiskThatIsAddedIsThereAtOnce() throws Exception {
        try (Rig rig = Rig.standard()) {
            RawInitiator initiator = rig.session();
            LogicalUnit second = rig.target.unit("second", new ScriptedDisk(1 << 20));
            publish(rig, node1(Map.of(0, rig.unit, 9, second)), node2(rig));
            assertEquals(List.of("063f0e"), initiator.clearAttentions());
            WirePdu toNew = initiator.command(9, 0x81, 0, new byte[16]);
            assertEquals("062900", initiator.run(toNew).last().sense());
            WirePdu read = initiator.command(9, 0xC1, 512, RawInitiator.cdb10(0x28, 1, 1));
            assertArrayEquals(
                    ScriptedDisk.pattern(512, 512), initiator.run(read).data());
        }
    }

    @Test
    void whoIsDeniedLosesTheSessionAndNobodyElseDoes() throws Exception {
        try (Rig rig = Rig.standard()) {
            RawInitiator initiator = rig.session("ImmediateData=Yes");
            RawInitiator other = rig.otherSession();
            rig.disk.arrived.drainPermits();
            rig.disk.block();
            initiator.send(initiator.write(5, 1).with(new byte[512]));
            rig.disk.awaitArrivals(1);
            CompletableFuture<Void> done = rig.target
                    .server()
                    .publish(List.of(spec(RawInitiator.TARGET, true, Set.of(), Map.of(0, rig.unit)), node2(rig)));
            initiator.expectClosed();
            assertFalse(done.isDone());
            rig.disk.unblock();
            done.get(5, TimeUnit.SECONDS);
            assertEquals(0x0202, tryLogin(rig));
            assertEquals(0, other.run(other.read(1, 1)).status());
        }
    }

    private static int tryLogin(Rig rig) {
        RawInitiator again = rig.connect();
        int status =
                again.tryLogin(RawInitiator.NAME, RawInitiator.TARGET).header().getShort(36);
        again.expectClosed();
        return status;
    }

    @Test
    void aTargetThatIsRemovedOrDisabledTakesNoLogin() throws Exception {
        try (Rig rig = Rig.standard()) {
            RawInitiator initiator = rig.session();
            publish(rig, spec(RawInitiator.TARGET, false, Set.of(RawInitiator.NAME), Map.of(0, rig.unit)), node2(rig));
            // Who is in stays in.
            assertEquals(0, initiator.run(initiator.read(1, 1)).status());
            assertEquals(0x0301, tryLogin(rig));
            publish(rig, node2(rig));
            initiator.expectClosed();
            assertEquals(0x0203, tryLogin(rig));
            publish(rig, node1(Map.of(0, rig.unit)), node2(rig));
            rig.session().ping();
        }
    }

    @Test
    void aLoginThatWaitsForTheOldSessionSeesTheChange() throws Exception {
        try (Rig rig = Rig.standard()) {
            RawInitiator old = rig.session("ImmediateData=Yes");
            rig.disk.arrived.drainPermits();
            rig.disk.block();
            old.send(old.write(5, 1).with(new byte[512]));
            rig.disk.awaitArrivals(1);
            RawInitiator young = rig.connect();
            young.sendLogin(RawInitiator.NAME, RawInitiator.TARGET);
            old.expectClosed();
            CompletableFuture<Void> done = rig.target.server().publish(List.of(node2(rig)));
            rig.disk.unblock();
            assertEquals(0x0203, young.loginAnswer().header().getShort(36));
            young.expectClosed();
            done.get(5, TimeUnit.SECONDS);
        }
    }

    private static List<String> sendTargets(RawInitiator initiator, String value) {
        StringBuilder text = new StringBuilder();
        WirePdu request = initiator.textRequest("SendTargets=" + value);
        while (true) {
            WirePdu answer = initiator.send(request).receive();
            assertEquals(WirePdu.TEXT_RESPONSE, answer.opcode());
            text.append(new String(answer.data(), StandardCharsets.UTF_8));
            if (answer.isFinal()) {
                return text.isEmpty() ? List.of() : List.of(text.toString().split("\0"));
            }
            request = WirePdu.of(WirePdu.TEXT, 0x80)
                    .word(16, request.initiatorTaskTag())
                    .word(20, answer.word(20))
                    .word(24, initiator.cmdSn++);
        }
    }

    @Test
    void discoveryShowsWhatIsAllowedAndWhereItWasAsked() throws IOException {
        try (Rig rig = Rig.standard()) {
            RawInitiator initiator = rig.connect().loggedIn(RawInitiator.NAME, "");
            assertEquals(
                    List.of("TargetName=" + RawInitiator.TARGET, "TargetAddress=127.0.0.1:" + rig.port() + ",1"),
                    sendTargets(initiator, "All"));
            assertEquals(List.of(), sendTargets(initiator, Rig.OTHER_TARGET));
            RawInitiator stranger = rig.connect().loggedIn("iqn.2001-04.com.example:stranger", "");
            assertEquals(List.of(), sendTargets(stranger, "All"));
            RawInitiator session = rig.session();
            assertEquals(2, sendTargets(session, "").size());
        }
    }

    @Test
    void aLongListComesInPiecesThatTheInitiatorTakes() throws Exception {
        try (Rig rig = Rig.standard()) {
            List<TargetSpec> many = new java.util.ArrayList<>();
            for (int i = 0; i < 2000; i++) {
                String name = "iqn.2026-11.dev.kume:" + "x".repeat(150) + i;
                many.add(spec(name, true, Set.of(RawInitiator.NAME), Map.of()));
            }
            publish(rig, many.toArray(TargetSpec[]::new));
            for (int segment : new int[] {512, 8192, 16_777_215}) {
                RawInitiator initiator =
                        rig.connect().loggedIn(RawInitiator.NAME, "", "MaxRecvDataSegmentLength=" + segment);
                assertEquals(4000, sendTargets(initiator, "All").size());
            }
        }
    }
}
