package dev.kume.cli.timeline;

import static dev.kume.cli.timeline.Script.OTHERS;
import static dev.kume.cli.timeline.Script.QUORUM;
import static dev.kume.cli.timeline.Script.SHARED;
import static dev.kume.cli.timeline.Script.VMS;
import static dev.kume.cli.timeline.Script.at;
import static dev.kume.cli.timeline.Script.nexus;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.cli.api.TimelineView;
import dev.kume.cli.journal.JournalEvent;
import dev.kume.core.reservation.ReservationEvent.Cause;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What the events of the journal mean: failovers, moves, challenges that came to nothing, and what each cost. */
final class TimelineTest {
    private final Script script = new Script();

    @Test
    void aFailoverIsToldWithItsSteps() {
        TimelineView.Move move = Script.failover().move();
        assertEquals(
                "failover of vms from hv-node1 to hv-node2: hv-node1 silent 12:01:03.1, last heard 12:01:03.4,"
                        + " challenge by hv-node2 12:01:05.0, preempt 12:01:12.1, first write 12:01:12.4: outage 9.3 s",
                move.text());
        assertEquals(at(63.1), move.lastIo());
        assertEquals(at(63.4), move.heard());
        assertEquals(at(72.2), move.firstRead());
        assertEquals(9_300L, move.outageMillis());
        assertEquals("data", move.role());
    }

    @Test
    void theOrderOfTheEventsDoesNotMatterForTheyHaveTimes() {
        List<JournalEvent> events = Script.failover().events;
        // Those of one moment keep their order, as they do in the journal.
        Map<Instant, List<JournalEvent>> moments =
                events.stream().collect(Collectors.groupingBy(JournalEvent::at, TreeMap::new, Collectors.toList()));
        List<List<JournalEvent>> mixed = new ArrayList<>(moments.values());
        Collections.shuffle(mixed, new Random(4));
        assertEquals(
                Timeline.of(Script.NAMES, events, at(0), at(3_600)),
                Timeline.of(Script.NAMES, mixed.stream().flatMap(List::stream).toList(), at(0), at(3_600)));
    }

    @Test
    void aPlannedMoveIsNoFailover() {
        script.time(1).register(VMS, "hv-node1", null).reserve(VMS, "hv-node1");
        script.time(10).release(VMS, "hv-node1").last(VMS, "hv-node1", 9.2, 9.8);
        script.time(10.1).unregister(VMS, "hv-node1", null);
        script.time(10.3).register(VMS, "hv-node2", null).reserve(VMS, "hv-node2");
        script.time(10.6).first(VMS, "hv-node2", true);
        TimelineView.Move move = script.move();
        assertEquals(
                "move of vms from hv-node1 to hv-node2: last I/O 12:00:09.8, released 12:00:10.0, reserved 12:00:10.3,"
                        + " first write 12:00:10.6: outage 0.80 s",
                move.text());
        assertEquals(TimelineView.Move.MOVE, move.kind());
        assertNull(move.challenged());
        assertTrue(
                script.view().events().stream().noneMatch(event -> event.kind().equals("silent")));
    }

    @Test
    void aChallengeThatTheOwnerFendsOffIsLost() {
        script.time(1).register(QUORUM, "hv-node1", null).reserve(QUORUM, "hv-node1");
        script.time(20).register(QUORUM, "hv-node2", "hv-node1").last(QUORUM, "hv-node1", 19, 19);
        script.time(21.5).preempt(QUORUM, "hv-node1", "hv-node2", "hv-node1");
        TimelineView.Move move = script.move();
        assertEquals(TimelineView.Move.CHALLENGE_LOST, move.kind());
        assertEquals(
                "challenge of hv-node2 for quorum at 12:00:20.0 lost: fended off by hv-node1 at 12:00:21.5",
                move.text());
        assertNull(move.outageMillis());
        TimelineView.Lane lane = script.view().lanes().getFirst();
        assertEquals(
                List.of(new TimelineView.Span(at(1), at(3_600), "quorum")),
                lane.owned(),
                "it has had the disk all the time");
    }

    @Test
    void aChallengerThatGivesUpOfItselfIsNoMove() {
        script.time(1).register(VMS, "hv-node1", null).reserve(VMS, "hv-node1");
        script.time(20).register(VMS, "hv-node2", "hv-node1");
        script.time(21).unregister(VMS, "hv-node2", "hv-node1");
        script.time(30).preempt(VMS, "hv-node1", "hv-node3", "hv-node1");
        assertEquals(List.of(), script.view().moves());
    }

    /** After a boot with other ISIDs: the reservation is its own, of a nexus that is gone. */
    @Test
    void aNodeThatTakesItsOwnReservationBackChangesNoHands() {
        script.time(1).register(VMS, "hv-node1", null).reserve(VMS, "hv-node1");
        script.time(60)
                .change(VMS, nexus("hv-node1", 8), Cause.REGISTER_AND_IGNORE_EXISTING_KEY, 1, "hv-node1", List.of());
        script.time(61)
                .change(
                        VMS,
                        nexus("hv-node1", 8),
                        Cause.PREEMPT,
                        1,
                        "hv-node1",
                        List.of(nexus("hv-node1", 1), nexus("hv-node1", 2)));
        assertEquals(List.of(), script.view().moves());
        assertEquals(
                "hv-node1 removes registrations of its own from vms",
                script.view().events().getLast().text());
    }

    @Test
    void onASharedVolumeAllGoOnWhenItsCoordinatorMoves() {
        for (String node : List.of("hv-node1", "hv-node2", "hv-node3")) {
            script.time(1).register(SHARED, node, null);
        }
        script.time(2).reserve(SHARED, "hv-node1");
        script.time(30).release(SHARED, "hv-node1");
        script.time(30.2).reserve(SHARED, "hv-node2");
        script.last(SHARED, "hv-node1", 29, 30.1)
                .last(SHARED, "hv-node2", 29, 30.15)
                .last(SHARED, "hv-node3", 29, 30.0);
        script.time(30.25).first(SHARED, "hv-node1", true);
        script.time(30.3).first(SHARED, "hv-node2", true);
        script.time(30.35).first(SHARED, "hv-node3", true);
        TimelineView.Move move = script.move();
        assertEquals(
                "move of the coordinator of shared from hv-node1 to hv-node2: released 12:00:30.0, reserved 12:00:30.2:"
                        + " 3 nodes kept writing: no outage",
                move.text());
        assertEquals(350L, move.outageMillis());
        script.events.removeLast();
        script.time(34.1).first(SHARED, "hv-node3", true);
        assertTrue(
                script.move().text().endsWith("longest pause 4.1 s, of hv-node3"),
                script.move().text());
    }

    @Test
    void aCoordinatorThatDiesCostsTheOthersNothing() {
        for (String node : List.of("hv-node1", "hv-node2", "hv-node3")) {
            script.time(1).register(SHARED, node, null);
        }
        script.time(2).reserve(SHARED, "hv-node1");
        script.time(40).preempt(SHARED, "hv-node2", "hv-node1", "hv-node2");
        script.last(SHARED, "hv-node1", 33, 33).last(SHARED, "hv-node3", 29, 39.9);
        script.time(40.1).first(SHARED, "hv-node3", true);
        TimelineView.Move move = script.move();
        assertEquals(TimelineView.Move.FAILOVER, move.kind());
        assertEquals(
                "failover of the coordinator of shared from hv-node1 to hv-node2: preempt 12:00:40.0: hv-node3 kept"
                        + " writing: no outage",
                move.text());
    }

    @Test
    void whatIsNotKnownIsSaidToBeUnknown() {
        script.time(1).register(VMS, "hv-node1", null).reserve(VMS, "hv-node1");
        script.time(9).register(VMS, "hv-node2", "hv-node1");
        script.time(16).preempt(VMS, "hv-node2", "hv-node1", "hv-node2");
        script.time(17).first(VMS, "hv-node2", true);
        assertEquals(
                "failover of vms from hv-node1 to hv-node2: challenge by hv-node2 12:00:09.0, preempt 12:00:16.0, first"
                        + " write 12:00:17.0: outage unknown, for the last I/O of hv-node1 is not known",
                script.move().text());
        script.events.removeLast();
        script.time(9).last(VMS, "hv-node1", 8, 8.5);
        assertTrue(
                script.move().text().endsWith("preempt 12:00:16.0, no write yet: the outage goes on"),
                script.move().text());
        assertNull(script.move().outageMillis());
    }

    @Test
    void thereAndBackAgainEachMoveHasItsOwnFirstWrite() {
        script.time(1).register(VMS, "hv-node1", null).reserve(VMS, "hv-node1");
        script.time(10).release(VMS, "hv-node1").last(VMS, "hv-node1", 9, 9.5);
        script.time(10.1).reserve(VMS, "hv-node2");
        script.time(10.2).first(VMS, "hv-node2", true);
        script.time(11).release(VMS, "hv-node2").last(VMS, "hv-node2", 10.2, 10.9);
        script.time(11.1).reserve(VMS, "hv-node1");
        script.time(11.5).first(VMS, "hv-node1", true);
        List<Long> outages = script.view().moves().stream()
                .map(TimelineView.Move::outageMillis)
                .toList();
        assertEquals(List.of(700L, 600L), outages);
    }

    @Test
    void aReservationThatAnAdministratorRemovesIsToldAsSuch() {
        script.time(1).register(VMS, "hv-node1", null).reserve(VMS, "hv-node1");
        script.time(10).change(VMS, null, Cause.CLEARED, 0, null, List.of(nexus("hv-node1", 1), nexus("hv-node1", 2)));
        script.time(12).register(VMS, "hv-node3", null).reserve(VMS, "hv-node3");
        assertTrue(
                script.move()
                        .text()
                        .startsWith("move of vms from hv-node1 to hv-node3: reservation removed 12:00:10.0"),
                script.move().text());
        assertTrue(script.view().events().stream()
                .anyMatch(
                        event -> event.text().equals("hv-node1 loses vms: an administrator removed the reservation")));
    }

    @Test
    void disksAndNodesOfOthersAreNoneOfItsBusiness() {
        script.time(1)
                .register(OTHERS, "hv-node1", null)
                .reserve(OTHERS, "hv-node1")
                .first(OTHERS, "hv-node1", true);
        script.time(2).login("stranger").heard("stranger", 2);
        script.add(new JournalEvent.LeftOut(at(3), OTHERS.toString(), 4));
        assertEquals(List.of(), script.view().events());
        assertEquals(0, script.view().leftOut());
    }

    @Test
    void strangersOnItsOwnDisksAreNamedByTheirInitiators() {
        script.time(1).register(VMS, "hv-node1", null).reserve(VMS, "hv-node1");
        script.time(2).register(VMS, "stranger", "hv-node1");
        assertEquals(
                "iqn.x:stranger registers with vms and challenges hv-node1",
                script.view().events().getLast().text());
    }

    @Test
    void whatWasLeftOutIsCountedAndNamed() {
        script.add(new JournalEvent.LeftOut(at(3), "iqn.x:hv-node2", 40));
        script.add(new JournalEvent.LeftOut(at(4), VMS.toString(), 2));
        script.add(new JournalEvent.LeftOut(at(5), JournalEvent.LeftOut.ALL, 1));
        TimelineView view = script.view();
        assertEquals(43, view.leftOut());
        assertEquals(
                "40 more events of hv-node2 came too quickly to be written down",
                view.events().getFirst().text());
        assertEquals("vms", view.events().get(1).disk());
    }

    @Test
    void aSpanShowsWhatIsInItAndWhoHadWhichDiskBefore() {
        Script all = Script.failover();
        TimelineView late = all.view(70, 75);
        assertEquals(1, late.moves().size());
        assertEquals(
                List.of("preempt", "read", "write"),
                late.events().stream().map(TimelineView.Event::kind).toList());
        assertEquals(
                List.of(new TimelineView.Span(at(70), at(72.1), "vms")),
                late.lanes().getFirst().owned());
        assertEquals(List.of(), all.view(200, 300).moves());
        assertEquals(
                List.of(new TimelineView.Span(at(200), at(300), "vms")),
                all.view(200, 300).lanes().get(1).owned());
    }

    @Test
    void sessionsEndWithTheDaemonAlsoWithOneThatWasKilled() {
        script.add(new JournalEvent.Started(at(0), "0.1.0"));
        script.time(1).login("hv-node1");
        script.add(new JournalEvent.Started(at(50), "0.1.0"));
        script.time(51).login("hv-node1");
        script.add(new JournalEvent.Stopped(at(60)));
        script.add(new JournalEvent.Started(at(70), "0.1.0"));
        assertEquals(
                List.of(
                        new TimelineView.Span(at(1), at(50), "10.0.0.1:4711"),
                        new TimelineView.Span(at(51), at(60), "10.0.0.1:4711")),
                script.view().lanes().getFirst().sessions());
    }
}
