package dev.kume.core.scsi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.core.nexus.ITNexus;
import org.junit.jupiter.api.Test;

/** Unit attentions of a nexus, and how long a unit remembers it. */
final class ITLNexusTest {
    private static final int NEXUSES_MAX = 64;

    private final TestTarget target = new TestTarget();
    private final ITLNexus nexus = new ITLNexus(TestTarget.NODE1);

    @Test
    void aNewNexusHearsOfPowerOnOnce() {
        ITLNexus met = target.unit.attach(numbered(7));
        assertEquals(Sense.POWER_ON_RESET_OR_BUS_DEVICE_RESET_OCCURRED, met.poll());
        assertNull(met.poll());
        assertFalse(met.hasAttention());
    }

    @Test
    void theSameConditionIsToldOnce() {
        nexus.raise(Sense.MODE_PARAMETERS_CHANGED);
        nexus.raise(Sense.MODE_PARAMETERS_CHANGED);
        assertEquals(Sense.MODE_PARAMETERS_CHANGED, nexus.poll());
        assertNull(nexus.poll());
    }

    @Test
    void conditionsComeInOrderAndResetsFirst() {
        nexus.raise(Sense.MODE_PARAMETERS_CHANGED);
        nexus.raise(Sense.CAPACITY_DATA_HAS_CHANGED);
        nexus.raise(Sense.BUS_DEVICE_RESET_FUNCTION_OCCURRED);
        assertEquals(Sense.BUS_DEVICE_RESET_FUNCTION_OCCURRED, nexus.poll());
        assertEquals(Sense.MODE_PARAMETERS_CHANGED, nexus.poll());
        assertEquals(Sense.CAPACITY_DATA_HAS_CHANGED, nexus.poll());
    }

    @Test
    void ofSeveralResetsTheGravestIsTold() {
        nexus.raise(Sense.I_T_NEXUS_LOSS_OCCURRED);
        nexus.raise(Sense.BUS_DEVICE_RESET_FUNCTION_OCCURRED);
        nexus.raise(Sense.I_T_NEXUS_LOSS_OCCURRED);
        assertEquals(Sense.BUS_DEVICE_RESET_FUNCTION_OCCURRED, nexus.poll());
        assertNull(nexus.poll());
        nexus.raise(Sense.POWER_ON_RESET_OR_BUS_DEVICE_RESET_OCCURRED);
        nexus.raise(Sense.I_T_NEXUS_LOSS_OCCURRED);
        assertEquals(Sense.POWER_ON_RESET_OR_BUS_DEVICE_RESET_OCCURRED, nexus.poll());
        assertNull(nexus.poll());
    }

    @Test
    void conditionsWaitForANexusThatIsAway() {
        ITLNexus met = target.unit.attach(numbered(7));
        met.poll();
        target.unit.detach(met);
        target.unit.raise(Sense.CAPACITY_DATA_HAS_CHANGED, each -> true);
        ITLNexus again = target.unit.attach(numbered(7));
        assertSame(met, again);
        assertEquals(Sense.I_T_NEXUS_LOSS_OCCURRED, again.poll());
        assertEquals(Sense.CAPACITY_DATA_HAS_CHANGED, again.poll());
    }

    @Test
    void anOldSessionThatEndsLateLeavesTheNewOneAttached() {
        ITLNexus old = target.unit.attach(numbered(7));
        ITLNexus replacing = target.unit.attach(numbered(7));
        target.unit.detach(old);
        assertTrue(replacing.attached());
        target.unit.detach(replacing);
        assertFalse(replacing.attached());
    }

    @Test
    void theNexusAwayTheLongestIsForgottenFirstAndNoAttachedOne() {
        ITLNexus away = target.unit.attach(numbered(1000));
        target.unit.detach(away);
        for (int i = 0; i < NEXUSES_MAX; i++) {
            target.unit.attach(numbered(i));
        }
        assertNotSame(away, target.unit.attach(numbered(1000)), "forgotten");
        assertEquals(NEXUSES_MAX + 3, target.unit.nexuses().attached().size());
        ITLNexus late = target.unit.attach(numbered(2000));
        assertTrue(target.unit.nexuses().all().containsKey(late.nexus()), "all are attached: none is forgotten");
    }

    @Test
    void clearingTakesOneConditionFromOneNexus() {
        target.unit.raise(Sense.REPORTED_LUNS_DATA_HAS_CHANGED, each -> true);
        target.unit.nexuses().clear(Sense.REPORTED_LUNS_DATA_HAS_CHANGED, TestTarget.NODE1);
        assertFalse(target.node1.hasAttention());
        assertTrue(target.node2.hasAttention());
    }

    private static ITNexus numbered(int number) {
        return new ITNexus("iqn.2026-11.test:node" + number, number, "iqn.2026-11.dev.kume:t1", 1);
    }
}
