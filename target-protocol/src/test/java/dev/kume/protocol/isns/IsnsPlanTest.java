package dev.kume.protocol.isns;

import static dev.kume.protocol.isns.IsnsSamples.OPTIONS;
import static dev.kume.protocol.isns.IsnsSamples.at;
import static dev.kume.protocol.isns.IsnsSamples.nodes;
import static dev.kume.protocol.isns.IsnsSamples.objects;
import static dev.kume.protocol.isns.IsnsSamples.portal;
import static dev.kume.protocol.isns.IsnsSamples.targets;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetSocketAddress;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Which requests lead from what a server has to what it should have. */
final class IsnsPlanTest {
    private static final IsnsPlan PLAN = new IsnsPlan(OPTIONS);

    private final IsnsTestDatabase server = new IsnsTestDatabase();

    private void carryOut(Collection<IsnsRequest> requests) {
        for (IsnsRequest request : requests) {
            assertEquals(0, server.answer(request.message(1)).getInt(0), server.log::toString);
        }
    }

    @Test
    void everythingIsRegisteredWithItsPortalGroups() {
        IsnsSnapshot two = new IsnsSnapshot(
                List.of(portal("lan", 1, "10.0.0.1"), portal("san", 2, "fd00::1")),
                List.of(
                        new IsnsSnapshot.Target("iqn.one", "Node 1", Set.of()),
                        new IsnsSnapshot.Target("iqn.two", "Node 2", Set.of("san"))));
        carryOut(PLAN.register(objects(two)));
        assertEquals("store1", server.entity);
        assertEquals(600, server.period);
        assertEquals(Set.of("10.0.0.1:3260", "fd00:0:0:0:0:0:0:1:3260"), server.portals);
        assertEquals(Map.of("iqn.one", "Node 1", "iqn.two", "Node 2"), server.nodes);
        // A target that is not seen through a portal has a group without a tag there (RFC 4171 section 6.5).
        assertEquals(
                Map.of(
                        "iqn.one@10.0.0.1:3260", "1",
                        "iqn.one@fd00:0:0:0:0:0:0:1:3260", "2",
                        "iqn.two@10.0.0.1:3260", "none",
                        "iqn.two@fd00:0:0:0:0:0:0:1:3260", "2"),
                server.groups);
        assertEquals(List.of("replace as iqn.one"), server.log);
    }

    @Test
    void onlyTheDifferenceIsSentAndWhatIsNewComesFirst() {
        IsnsObjects before = objects(targets("one", "two"));
        carryOut(PLAN.register(before));
        carryOut(PLAN.change(before, objects(targets("two", "three"))));
        assertEquals(Set.of("iqn.two", "iqn.three"), server.nodes.keySet());
        assertEquals(List.of("replace as iqn.one", "register as iqn.two", "deregister as iqn.two"), server.log);
        assertTrue(PLAN.change(before, objects(targets("two", "one"))).isEmpty());
    }

    @Test
    void aChangeOfAllTargetsIsMadeInTheNameOfOneThatIsKnown() {
        IsnsObjects before = objects(targets("one"));
        carryOut(PLAN.register(before));
        carryOut(PLAN.change(before, objects(targets("two"))));
        assertEquals(Set.of("iqn.two"), server.nodes.keySet());
        assertEquals(Set.of("iqn.two@10.0.0.1:3260"), server.groups.keySet());
    }

    @Test
    void portalsComeAndGoWithTheGroupsOfAllTargets() {
        IsnsObjects before = objects(targets("one", "two"));
        carryOut(PLAN.register(before));
        IsnsSnapshot moved = new IsnsSnapshot(List.of(portal("lan", 3, "10.0.0.2")), nodes("one", "two"));
        carryOut(PLAN.change(before, objects(moved)));
        assertEquals(Set.of("10.0.0.2:3260"), server.portals);
        assertEquals(Map.of("iqn.one@10.0.0.2:3260", "3", "iqn.two@10.0.0.2:3260", "3"), server.groups);
    }

    @Test
    void manyTargetsGoInMessagesThatFitOnePduEach() {
        String[] names = IntStream.range(0, 2_000).mapToObj(i -> "t" + i).toArray(String[]::new);
        IsnsObjects many = objects(targets(names));
        Collection<IsnsRequest> requests = PLAN.register(many);
        for (IsnsRequest request : requests) {
            assertTrue(request.payload().remaining() <= IsnsPlan.MESSAGE_BYTES);
        }
        carryOut(requests);
        assertEquals(many.targets().keySet(), new TreeSet<>(server.nodes.keySet()));
        assertEquals(
                1,
                server.log.stream().filter(line -> line.startsWith("replace")).count());
        IsnsObjects one = objects(targets("t7"));
        carryOut(PLAN.change(many, one));
        assertEquals(Set.of("iqn.t7"), server.nodes.keySet());
        carryOut(List.of(PLAN.deregister(one)));
        assertEquals("", server.entity);
    }

    @Test
    void nothingIsRegisteredThatNobodyCanReach() {
        assertTrue(objects(targets()).isEmpty());
        assertTrue(objects(new IsnsSnapshot(List.of(), nodes("one"))).isEmpty());
        assertTrue(objects(new IsnsSnapshot(List.of(portal("lan", 1, "127.0.0.1")), nodes("one")))
                .isEmpty());
        IsnsSnapshot elsewhere = new IsnsSnapshot(
                List.of(portal("lan", 1, "10.0.0.1")),
                List.of(new IsnsSnapshot.Target("iqn.one", "one", Set.of("san"))));
        assertTrue(objects(elsewhere).isEmpty());
    }

    @Test
    void wildcardsAreSpeltOutAndLoopbackIsForLoopback() {
        List<IsnsSnapshot.Portal> listening =
                List.of(portal("all", 1, "::"), portal("lan", 2, "10.0.0.1"), portal("near", 3, "fe80::1"));
        assertEquals(List.of(at("10.0.0.1"), at("fd00::1")), addresses(listening, false));
        assertEquals(List.of(at("10.0.0.1"), at("fd00::1"), at("::1")), addresses(listening, true));
        // The address that is named for itself keeps its own tag.
        assertEquals(
                2,
                IsnsPortals.reachable(listening, IsnsSamples.HOST, false)
                        .getFirst()
                        .tag());
        // A socket on 0.0.0.0 is one of IPv4, and one on :: of IPv6.
        assertEquals(List.of(at("fd00::1")), addresses(List.of(portal("v6", 1, "::")), false));
        assertEquals(List.of(at("10.0.0.1")), addresses(List.of(portal("v4", 1, "0.0.0.0")), true));
    }

    private static List<InetSocketAddress> addresses(List<IsnsSnapshot.Portal> listening, boolean loopback) {
        return IsnsPortals.reachable(listening, IsnsSamples.HOST, loopback).stream()
                .map(IsnsSnapshot.Portal::listening)
                .toList();
    }

    @Test
    void aLongAliasEndsAtACharacter() {
        IsnsSnapshot.Target target = new IsnsSnapshot.Target("iqn.one", "a" + "\u00fc".repeat(200), Set.of());
        IsnsObjects objects = objects(new IsnsSnapshot(List.of(portal("lan", 1, "10.0.0.1")), List.of(target)));
        assertEquals(
                "a" + "\u00fc".repeat(127), objects.targets().get("iqn.one").alias());
    }
}
