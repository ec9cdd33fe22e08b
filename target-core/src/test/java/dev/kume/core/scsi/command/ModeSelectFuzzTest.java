package dev.kume.core.scsi.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.core.scsi.ScsiStatus;
import dev.kume.core.scsi.Sense;
import dev.kume.core.scsi.TestTarget;
import dev.kume.core.scsi.TestTarget.Answer;
import dev.kume.core.scsi.UnitState;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** MODE SELECT with lists that are nearly right: each is taken as a whole, or refused and nothing is changed. */
final class ModeSelectFuzzTest {
    private static final int ROUNDS = 20_000;

    private final TestTarget target = new TestTarget();
    private final SplittableRandom random = new SplittableRandom(20_261_127);

    ModeSelectFuzzTest() {
        target.memory.answersAtOnce = true;
    }

    /** What MODE SENSE gives, as MODE SELECT takes it: length and PS zeroed. */
    private byte[] readBack() {
        byte[] list = target.run("1A 00 3F FF FF 00").data();
        list[0] = 0;
        for (int at = 12; at < list.length; at += (list[at] & 0x40) == 0 ? 2 + list[at + 1] : 4 + list[at + 3]) {
            list[at] &= 0x7F;
        }
        return list;
    }

    private byte[] spoilt(byte[] list) {
        byte[] spoilt = list.clone();
        for (int changes = random.nextInt(4); changes > 0; changes--) {
            spoilt[random.nextInt(spoilt.length)] ^= (byte) (1 << random.nextInt(8));
        }
        int length = random.nextInt(4) == 0 ? random.nextInt(spoilt.length + 1) : spoilt.length;
        return Arrays.copyOf(spoilt, length);
    }

    @Test
    void whatWasReadCanBeSelectedAgain() {
        byte[] list = readBack();
        assertEquals(ScsiStatus.GOOD, select(list, 0x10).status());
        assertEquals(List.of(), target.attentionsOfNode2());
    }

    @Test
    void aListIsTakenAsAWholeOrNotAtAll() {
        byte[] right = readBack();
        int taken = 0;
        for (int round = 0; round < ROUNDS; round++) {
            byte[] list = spoilt(right);
            UnitState before = target.unit.state();
            Answer answer = select(list, random.nextBoolean() ? 0x11 : 0x10);
            UnitState after = target.unit.state();
            if (answer.status() == ScsiStatus.GOOD) {
                taken++;
                boolean changed = !before.modes().equals(after.modes());
                assertEquals(changed ? List.of(Sense.MODE_PARAMETERS_CHANGED) : List.of(), target.attentionsOfNode2());
            } else {
                Sense sense = answer.expectSense();
                assertEquals(5, sense.key(), sense.toString());
                assertTrue(sense.asc() == 0x26 ? sense.fieldPointer() != 0 : sense.asc() == 0x1A, sense.toString());
                assertEquals(before, after, "refused, and changed all the same");
                assertEquals(List.of(), target.attentionsOfNode2());
            }
        }
        assertTrue(taken > ROUNDS / 100 && taken < ROUNDS, "taken: " + taken);
    }

    private Answer select(byte[] list, int second) {
        byte[] cdb = {0x15, (byte) second, 0, 0, (byte) list.length, 0};
        return target.run(target.node1, 0, cdb, list);
    }
}
