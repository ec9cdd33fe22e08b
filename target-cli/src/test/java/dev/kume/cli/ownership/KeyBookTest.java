package dev.kume.cli.ownership;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.core.inventory.ClusterDisk;
import dev.kume.core.inventory.ClusterNode;
import dev.kume.core.inventory.ClusterRecord;
import dev.kume.core.inventory.ClusterRole;
import dev.kume.core.nexus.ITNexus;
import dev.kume.core.reservation.PersistentReservations;
import dev.kume.core.reservation.Registration;
import dev.kume.core.reservation.ReservationEvent;
import dev.kume.core.reservation.ReservationEvent.Cause;
import dev.kume.core.reservation.ReservationHistory;
import java.util.List;
import org.junit.jupiter.api.Test;

final class KeyBookTest {
    private static final String ONE = SampleScene.iqn(1);
    private static final String TWO = SampleScene.iqn(2);

    private final KeyBook book = new KeyBook(3);
    private final ClusterRecord cluster = cluster("HV", "hv-node1", ONE);

    private static ClusterRecord cluster(String name, String node, String iqn) {
        return new ClusterRecord(
                name,
                List.of(new ClusterNode(node, List.of(iqn), "t1"), new ClusterNode("hv-node2", List.of(TWO), "t2")),
                List.of(new ClusterDisk("vms", ClusterRole.DATA, 0)),
                false,
                "",
                SampleScene.NOW);
    }

    private static Registration registration(String initiator, long key) {
        return new Registration(new ITNexus(initiator, 1, "t", 1), key, false, SampleScene.NOW);
    }

    private static PersistentReservations registered(Registration... all) {
        return new PersistentReservations(1, true, List.of(all), null);
    }

    private void learn(PersistentReservations reservations) {
        book.learn(cluster, "vms", reservations, ReservationHistory.EMPTY);
    }

    @Test
    void aKeyKeepsItsNodeWhenTheRegistrationIsGone() {
        learn(registered(registration(ONE, 0xA1)));
        learn(PersistentReservations.EMPTY);
        assertEquals(List.of("hv-node1"), book.keys(cluster).of(0xA1));
        assertEquals(List.of(), book.keys(cluster).of(0xA2));
    }

    @Test
    void whatCameAndWentBetweenTwoLooksIsLearnedFromThePast() {
        ITNexus nexus = new ITNexus(TWO, 1, "t", 1);
        book.learn(
                cluster,
                "vms",
                PersistentReservations.EMPTY,
                new ReservationHistory(List.of(
                        new ReservationEvent(SampleScene.NOW, nexus, Cause.REGISTER, 0, 0xB2, null, 1, List.of(), 0),
                        new ReservationEvent(
                                SampleScene.NOW,
                                nexus,
                                Cause.CLEAR,
                                0xB2,
                                0,
                                null,
                                2,
                                List.of(registration(ONE, 0xA1)),
                                1))));
        assertEquals(List.of("hv-node2"), book.keys(cluster).of(0xB2));
        assertEquals(List.of("hv-node1"), book.keys(cluster).of(0xA1));
    }

    @Test
    void aKeyOfTwoNodesHasBoth() {
        learn(registered(registration(ONE, 7), registration(TWO, 7)));
        assertEquals(List.of("hv-node1", "hv-node2"), book.keys(cluster).of(7));
    }

    @Test
    void strangersTeachNothing() {
        learn(registered(registration("iqn.2026-11.x:laptop", 7)));
        assertEquals(List.of(), book.list());
    }

    @Test
    void aNodeHasTheNameThatItHasNow() {
        learn(registered(registration(ONE, 0xA1)));
        assertEquals(
                List.of("renamed"), book.keys(cluster("HV", "renamed", ONE)).of(0xA1));
        // Its initiator has another name: then the name that the node had counts.
        assertEquals(
                List.of("hv-node1"),
                book.keys(cluster("HV", "hv-node1", "iqn.2026-11.x:new")).of(0xA1));
    }

    @Test
    void theKeyNotSeenTheLongestGoes() {
        learn(registered(registration(ONE, 1)));
        learn(registered(registration(ONE, 2)));
        learn(registered(registration(ONE, 3)));
        learn(registered(registration(ONE, 1)));
        learn(registered(registration(ONE, 4)));
        assertEquals(
                List.of(3L, 1L, 4L),
                book.list().stream().map(KeyBook.Entry::key).toList());
    }

    @Test
    void theSameAgainChangesNothing() {
        PersistentReservations same = registered(registration(ONE, 1));
        learn(same);
        long changes = book.changes();
        learn(same);
        learn(registered(registration(ONE, 1)));
        assertEquals(changes, book.changes());
        learn(registered(registration(TWO, 1)));
        assertTrue(book.changes() > changes);
    }

    @Test
    void aClusterThatIsNoMoreIsForgotten() {
        learn(registered(registration(ONE, 1)));
        book.keep(List.of(cluster));
        assertEquals(1, book.list().size());
        book.keep(List.of());
        assertEquals(List.of(), book.list());
    }

    @Test
    void whatWasWrittenDownIsTakenBack() {
        learn(registered(registration(ONE, 1), registration(TWO, 2)));
        KeyBook other = new KeyBook(3);
        other.restore(book.list());
        assertEquals(book.list(), other.list());
        assertEquals(0, other.changes());
        assertEquals(List.of("hv-node2"), other.keys(cluster).of(2));
    }
}
