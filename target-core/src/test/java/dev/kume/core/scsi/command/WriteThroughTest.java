package dev.kume.core.scsi.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.core.scsi.Command;
import dev.kume.core.scsi.ScsiStatus;
import dev.kume.core.scsi.Sense;
import dev.kume.core.scsi.TestTarget;
import dev.kume.core.scsi.TestTarget.Answer;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** While the write cache is off, GOOD means durable, whatever command has written. */
final class WriteThroughTest {
    private static final String WCE_OFF = "00000000" + "0812" + "00".repeat(18);

    /** A CDB that changes the disk, and how many bytes of zeroes go with it, by operation code. */
    private record Sample(String cdb, int dataBytes) {}

    private static final Map<Integer, Sample> SAMPLES = new TreeMap<>(Map.ofEntries(
            Map.entry(0x0A, new Sample("0A 00 00 05 01 00", 512)),
            Map.entry(0x2A, new Sample("2A 00 00 00 00 05 00 00 01 00", 512)),
            Map.entry(0xAA, new Sample("AA 00 00 00 00 05 00 00 00 01 00 00", 512)),
            Map.entry(0x8A, new Sample("8A 00 00 00 00 00 00 00 00 05 00 00 00 01 00 00", 512)),
            Map.entry(0x2E, new Sample("2E 00 00 00 00 05 00 00 01 00", 512)),
            Map.entry(0xAE, new Sample("AE 00 00 00 00 05 00 00 00 01 00 00", 512)),
            Map.entry(0x8E, new Sample("8E 00 00 00 00 00 00 00 00 05 00 00 00 01 00 00", 512)),
            Map.entry(0x41, new Sample("41 00 00 00 00 05 00 00 01 00", 512)),
            Map.entry(0x93, new Sample("93 00 00 00 00 00 00 00 00 05 00 00 00 01 00 00", 512)),
            Map.entry(0x89, new Sample("89 00 00 00 00 00 00 00 00 05 00 00 00 01 00 00", 1024)),
            Map.entry(0x8B, new Sample("8B 00 00 00 00 00 00 00 00 05 00 00 00 01 00 00", 512)),
            Map.entry(0x9C, new Sample("9C 00 00 00 00 00 00 00 00 05 00 00 00 01 00 00", 512))));

    /**
     * Tested by name: UNMAP has a list that is not zeroes; SANITIZE, EXTENDED COPY and FORMAT UNIT go on for long;
     * WRITE ATOMIC(16) is durable by its journal, whatever the cache is.
     */
    private static final Set<Integer> ELSEWHERE = Set.of(0x42, 0x48, 0x83, 0x04, 0x9C);

    private final TestTarget target = new TestTarget();

    private Set<Integer> writing() {
        Set<Integer> opcodes = new TreeSet<>();
        for (Command command : target.unit.commands().commands()) {
            if (command.descriptor().writes()) {
                opcodes.add(command.descriptor().opcode());
            }
        }
        opcodes.removeAll(ELSEWHERE);
        return opcodes;
    }

    private void cacheOff() {
        byte[] cdb = TestTarget.bytes("15 10 00 00 18 00");
        assertEquals(
                ScsiStatus.GOOD,
                target.run(target.node1, 0, cdb, TestTarget.bytes(WCE_OFF)).status());
        target.disk.log.clear();
    }

    @Test
    void everyCommandThatWritesHasASample() {
        assertTrue(SAMPLES.keySet().containsAll(writing()), () -> "without a sample: " + writing());
        assertTrue(writing().size() >= 7);
    }

    @Test
    void everyCommandThatWritesFlushesBehindItsLastChange() {
        cacheOff();
        for (int opcode : writing()) {
            Sample sample = SAMPLES.get(opcode);
            target.disk.log.clear();
            Answer answer = target.run(sample.cdb(), new byte[sample.dataBytes()]);
            assertEquals(ScsiStatus.GOOD, answer.status(), sample.cdb());
            List<String> log = target.disk.log;
            int lastChange = -1;
            for (int i = 0; i < log.size(); i++) {
                if (!log.get(i).startsWith("read") && !log.get(i).equals("flush")) {
                    lastChange = i;
                }
            }
            assertTrue(lastChange >= 0, () -> sample.cdb() + " has changed nothing: " + log);
            assertTrue(log.lastIndexOf("flush") > lastChange, () -> sample.cdb() + ": " + log);
        }
    }

    @Test
    void aFlushThatFailsIsNoGoodAnswer() {
        cacheOff();
        for (int opcode : writing()) {
            Sample sample = SAMPLES.get(opcode);
            target.disk.failNext("flush", new IOException("broken"));
            assertEquals(
                    Sense.WRITE_ERROR,
                    target.run(sample.cdb(), new byte[sample.dataBytes()]).sense(),
                    sample.cdb());
        }
    }
}
