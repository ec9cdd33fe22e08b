package dev.kume.protocol.server;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.kume.core.scsi.LunMap;
import dev.kume.protocol.connection.Target;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A target that shows a disk read-only, while another one writes it. */
final class ReadOnlyMappingTest {
    private static final String WRITE_PROTECTED = "072700";
    private static final String MODE_PARAMETERS_CHANGED = "062a01";

    private static CompletableFuture<Void> publish(Rig rig, Set<Integer> readOnlyLuns) {
        return rig.target
                .server()
                .publish(List.of(
                        new TargetSpec(
                                RawInitiator.TARGET,
                                new Target.Definition(
                                        "",
                                        true,
                                        Set.of(RawInitiator.NAME),
                                        LunMap.of(Map.of(0, rig.unit), readOnlyLuns))),
                        new TargetSpec(
                                Rig.OTHER_TARGET,
                                new Target.Definition(
                                        "", true, Set.of(Rig.OTHER_NAME), LunMap.of(Map.of(0, rig.unit))))));
    }

    @Test
    void itsNexusesHearOfTheChangeAndWriteNoMoreAndTheOthersWriteOn() throws Exception {
        try (Rig rig = Rig.standard()) {
            RawInitiator node1 = rig.session();
            RawInitiator node2 = rig.otherSession();
            publish(rig, Set.of(0)).get(10, TimeUnit.SECONDS);
            assertEquals(List.of(MODE_PARAMETERS_CHANGED), node1.clearAttentions());
            assertEquals(List.of(), node2.clearAttentions());
            assertEquals(
                    WRITE_PROTECTED,
                    node1.run(node1.write(3, 1), new byte[512]).last().sense());
            byte[] data = ScriptedDisk.pattern(77, 512);
            assertEquals(0, node2.run(node2.write(3, 1), data).status());
            assertArrayEquals(data, node1.run(node1.read(3, 1)).data());
            publish(rig, Set.of()).get(10, TimeUnit.SECONDS);
            assertEquals(List.of(MODE_PARAMETERS_CHANGED), node1.clearAttentions());
            assertEquals(List.of(), node2.clearAttentions());
            assertEquals(0, node1.run(node1.write(3, 1), new byte[512]).status());
        }
    }

    @Test
    void theSameAgainIsNoChange() throws Exception {
        try (Rig rig = Rig.standard()) {
            RawInitiator node1 = rig.session();
            publish(rig, Set.of(0)).get(10, TimeUnit.SECONDS);
            node1.clearAttentions();
            publish(rig, Set.of(0)).get(10, TimeUnit.SECONDS);
            assertEquals(List.of(), node1.clearAttentions());
        }
    }

    @Test
    void aWriteThatWaitsForDataEndsBeforeTheChangeIsAnswered() throws Exception {
        try (Rig rig = Rig.standard()) {
            RawInitiator node1 = rig.session("InitialR2T=Yes", "ImmediateData=No");
            byte[] before = rig.disk.at(3 * 512, 512);
            WirePdu command = node1.write(3, 1);
            WirePdu r2t = node1.send(command).receive();
            publish(rig, Set.of(0)).get(10, TimeUnit.SECONDS);
            // What comes late is dropped; the answer waits for the F bit (RFC 7143 11.4).
            node1.send(node1.dataOut(command.initiatorTaskTag(), r2t.word(20), 0, 0, true, new byte[512]));
            assertEquals(WRITE_PROTECTED, node1.receive().sense());
            node1.clearAttentions();
            assertArrayEquals(before, rig.disk.at(3 * 512, 512));
        }
    }

    @Test
    void aWriteInsideTheDiskIsWaitedFor() throws Exception {
        try (Rig rig = Rig.standard()) {
            RawInitiator node1 = rig.session();
            rig.disk.block();
            byte[] fua = RawInitiator.cdb10(0x2A, 3, 1);
            fua[1] = 0x08;
            node1.send(node1.command(0, 0xA1, 512, fua).with(ScriptedDisk.pattern(9, 512)));
            rig.disk.awaitArrivals(1);
            CompletableFuture<Void> change = publish(rig, Set.of(0));
            node1.ping();
            assertFalse(change.isDone(), "the disk has the write still");
            rig.disk.unblock();
            change.get(10, TimeUnit.SECONDS);
            assertArrayEquals(ScriptedDisk.pattern(9, 512), rig.disk.at(3 * 512, 512));
        }
    }
}
