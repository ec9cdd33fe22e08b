package dev.kume.core.inventory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.core.Limits;
import dev.kume.core.Limits.Limit;
import dev.kume.core.inventory.InventoryException.Kind;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class CredentialRulesTest {
    private static final Instant THEN = Instant.parse("2026-11-23T07:00:00Z");
    private static final String NODE1 = "iqn.1991-05.com.microsoft:hv-node1";
    private static final ChapRule ONE_WAY = new ChapRule(List.of("node1"), null);
    private static final ChapRule BOTH_WAYS = new ChapRule(List.of("node1"), "store1");

    private final Inventory three = threeCredentials();

    @Test
    void eachSecretHasAFileOfItsOwnWhateverTheCaseOfTheName() {
        assertEquals("node1.1", three.credential("NODE1").secretFile());
        Inventory rotated = Credentials.setSecret(three, "NODE1");
        assertEquals("node1.2", rotated.credential("node1").secretFile());
        assertEquals("Node1", rotated.credential("node1").name());
        assertEquals("node1.1", three.credential("node1").secretFile());
    }

    @Test
    void aNameIsTakenOnce() {
        refused(
                Kind.CONFLICT,
                "there is a credential 'Node1' already; choose another name, or give it a new secret with 'kume credential"
                        + " set Node1'",
                () -> Credentials.add(three, "nODE1", "u", THEN, Limits.DEFAULTS));
        refused(
                Kind.LIMIT,
                "there are 3 credentials, the most that limits.credentials allows; remove one or raise the limit in"
                        + " kume.yaml",
                () -> Credentials.add(three, "more", "u", THEN, Limits.of(Map.of(Limit.CREDENTIALS, 3L))));
    }

    @Test
    void aUserIsOneToTwoHundredFiftyFiveBytes() {
        assertEquals(
                "\u00fc".repeat(127),
                Credentials.setUser(three, "node1", "\u00fc".repeat(127))
                        .credential("node1")
                        .user());
        refused(
                Kind.INVALID,
                "the user of credential 'Node1' has 256 bytes; use 1 to 255 bytes of UTF-8",
                () -> Credentials.setUser(three, "node1", "\u00fc".repeat(128)));
        refused(
                Kind.INVALID,
                "the user of credential 'Node1' has 0 bytes; use 1 to 255 bytes of UTF-8",
                () -> Credentials.setUser(three, "node1", ""));
        refused(
                Kind.INVALID,
                "the user of credential 'Node1' has control characters; use plain text",
                () -> Credentials.setUser(three, "node1", "a\nb"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "ok",
            value = {
                "0|false|the secret is empty; use 12 to 16 bytes",
                "11|true|the secret has 11 bytes, too few to be safe (RFC 7143 9.2.1); use 12 to 16 bytes",
                "12|false|ok",
                "16|false|ok",
                "17|false|the secret has 17 bytes, and Microsoft's initiator takes 12 to 16; use a shorter one, or say --long"
                        + " when no Windows host needs it",
                "17|true|ok",
                "255|true|ok",
                "256|true|the secret has 256 bytes; use at most 255",
            })
    void theLengthOfASecret(int bytes, boolean longer, String message) {
        byte[] secret = new byte[bytes];
        if (message == null) {
            SecretRules.check(secret, longer);
        } else {
            InventoryException refusal =
                    assertThrows(InventoryException.class, () -> SecretRules.check(secret, longer));
            assertEquals(message, refusal.getMessage());
        }
    }

    @Test
    void whatIsUsedIsNotRemovedAndSaysWhere() {
        Inventory used = TargetLogins.setChap(three, "hv", BOTH_WAYS);
        used = TargetLogins.setChapOf(used, "hv", NODE1, new ChapRule(List.of("other"), null));
        Inventory all = Credentials.setDiscovery(used, ONE_WAY);
        refused(
                Kind.BUSY,
                "credential 'Node1' is used by discovery, target 'hv'; give them another one, or --no-chap, first",
                () -> Credentials.remove(all, "node1"));
        refused(
                Kind.BUSY,
                "credential 'other' is used by %s on target 'hv'; give them another one, or --no-chap, first"
                        .formatted(NODE1),
                () -> Credentials.remove(all, "other"));
        Inventory freed = TargetLogins.setChap(Credentials.setDiscovery(all, ChapRule.NONE), "hv", ChapRule.NONE);
        assertNull(Credentials.remove(freed, "node1").findCredential("node1"));
    }

    @Test
    void anUnknownCredentialOffersTheNearest() {
        refused(
                Kind.NOT_FOUND,
                "there is no credential 'nod1'; did you mean Node1?",
                () -> TargetLogins.setChap(three, "hv", new ChapRule(List.of("nod1"), null)));
        refused(
                Kind.NOT_FOUND,
                "there is no credential 'stor1'; did you mean store1?",
                () -> Credentials.setDiscovery(three, new ChapRule(List.of("node1"), "stor1")));
    }

    @Test
    void mutualWithoutChapIsRefused() {
        refused(
                Kind.INVALID,
                "mutual CHAP with 'store1' would answer initiators that have not proven themselves; say with --chap what"
                        + " they have to know",
                () -> TargetLogins.setChap(three, "hv", new ChapRule(List.of(), "store1")));
    }

    @Test
    void noCredentialServesBothWaysAnywhere() {
        Inventory used = TargetLogins.setChap(three, "hv", BOTH_WAYS);
        Credentials.checkUses(used, (one, other) -> false);
        Inventory mixed = Credentials.setDiscovery(used, new ChapRule(List.of("store1"), null));
        InventoryException refusal =
                assertThrows(InventoryException.class, () -> Credentials.checkUses(mixed, (one, other) -> false));
        assertEquals(Kind.CONFLICT, refusal.kind());
        assertEquals(
                "credential 'store1' would be used both ways: by initiators for discovery, and by the target itself for"
                        + " target 'hv'; add another credential, with another secret, for --mutual",
                refusal.getMessage());
    }

    @Test
    void noSecretServesBothWaysUnderTwoNames() {
        Inventory used = TargetLogins.setChap(three, "hv", BOTH_WAYS);
        InventoryException refusal = assertThrows(
                InventoryException.class,
                () -> Credentials.checkUses(
                        used,
                        (one, other) ->
                                one.name().equals("store1") && other.name().equals("Node1")));
        assertEquals(
                "credentials 'store1' (--mutual of target 'hv') and 'Node1' (--chap of target 'hv') have the same secret;"
                        + " give one of them another; a secret must never serve both ways",
                refusal.getMessage());
        // What initiators share among themselves is theirs to decide.
        Credentials.checkUses(
                used, (one, other) -> one.name().equals("other") || other.name().equals("other"));
    }

    @Test
    void oneUserLeadsToOneCredential() {
        Inventory alike = Credentials.setUser(three, "other", "user-Node1");
        Inventory both = TargetLogins.setChap(alike, "hv", new ChapRule(List.of("node1", "other"), null));
        InventoryException refusal =
                assertThrows(InventoryException.class, () -> Credentials.checkUses(both, (one, other) -> false));
        assertEquals(
                "credentials 'Node1' and 'other' of target 'hv' have the same user, user-Node1; use one of them there, or"
                        + " give one another user with 'kume credential set'",
                refusal.getMessage());
        Credentials.checkUses(TargetLogins.setChap(alike, "hv", ONE_WAY), (one, other) -> false);
    }

    @Test
    void anInitiatorsOwnWayGoesWithItsEntry() {
        Inventory own = TargetLogins.setChapOf(three, "hv", NODE1, BOTH_WAYS);
        assertEquals("Node1", own.target("hv").chapOf().get(NODE1).incoming().getFirst());
        assertTrue(TargetLogins.setChapOf(own, "hv", NODE1, null)
                .target("hv")
                .chapOf()
                .isEmpty());
        Inventory denied = Targets.deny(own, "hv", NODE1, Connections.NONE, false);
        assertTrue(denied.target("hv").chapOf().isEmpty());
        assertFalse(Targets.rename(own, "hv", "hw").target("hw").chapOf().isEmpty());
    }

    @ParameterizedTest
    @ValueSource(strings = {"192.168.10.21", "192.168.10.0/24", "node1.example.com"})
    void onlyANamedInitiatorHasAWayOfItsOwn(String who) {
        Inventory allowed = Targets.allow(three, "hv", who, Limits.DEFAULTS);
        InventoryException refusal =
                assertThrows(InventoryException.class, () -> TargetLogins.setChapOf(allowed, "hv", who, ONE_WAY));
        assertEquals(Kind.INVALID, refusal.kind());
        assertThrows(InventoryException.class, () -> TargetLogins.setChapOf(three, "hv", NODE1 + "x", ONE_WAY));
        assertThrows(InventoryException.class, () -> TargetLogins.setChapOf(three, "hv", NODE1, ChapRule.NONE));
    }

    @Test
    void portalsAreThoseOfTheSettings() {
        Inventory tied = TargetLogins.setPortals(three, "hv", List.of("B", "a"), List.of("a", "b", "c"));
        assertEquals(List.of("a", "b"), tied.target("hv").portals());
        assertEquals(
                List.of(),
                TargetLogins.setPortals(tied, "hv", List.of(), List.of())
                        .target("hv")
                        .portals());
        refused(
                Kind.NOT_FOUND,
                "kume.yaml has no portal 'd'; it has: a, b",
                () -> TargetLogins.setPortals(three, "hv", List.of("a", "d"), List.of("a", "b")));
    }

    @Test
    void whatIsSoAlreadyMakesNoVersion() {
        Inventory set = TargetLogins.setRedirect(TargetLogins.setChap(three, "hv", BOTH_WAYS), "hv", "10.0.0.1:3260");
        assertSame(set, TargetLogins.setChap(set, "hv", new ChapRule(List.of("NODE1"), "STORE1")));
        assertSame(set, TargetLogins.setRedirect(set, "hv", "10.0.0.1:3260"));
        assertSame(set, Credentials.setDiscovery(set, ChapRule.NONE));
        assertNotNull(set.target("hv").redirect());
    }

    @Test
    void whatWasWrittenDownIsCheckedLikeAChange() {
        Inventory used = Credentials.setDiscovery(TargetLogins.setChap(three, "hv", BOTH_WAYS), ONE_WAY);
        assertEquals(
                used.discovery(),
                copy(used, used.credentials(), used.discovery()).discovery());
        assertThrows(InventoryException.class, () -> copy(used, List.of(), used.discovery()));
        assertThrows(
                InventoryException.class, () -> copy(used, used.credentials(), new ChapRule(List.of("store1"), null)));
        assertThrows(
                InventoryException.class, () -> copy(used, used.credentials(), new ChapRule(List.of("node1"), null)));
    }

    private static Inventory copy(
            Inventory of, java.util.Collection<CredentialRecord> credentials, ChapRule discovery) {
        return Inventory.of(
                of.version(),
                of.nextRelativePortId(),
                of.disks(),
                of.targets(),
                of.mappings(),
                List.of(),
                credentials,
                discovery);
    }

    private static void refused(Kind kind, String message, Supplier<Inventory> change) {
        InventoryException refusal = assertThrows(InventoryException.class, change::get);
        assertEquals(message, refusal.getMessage());
        assertEquals(kind, refusal.kind());
    }

    private static Inventory threeCredentials() {
        Inventory inventory = Targets.add(
                Inventory.EMPTY, "hv", "iqn.2026-11.dev.kume:hv", List.of(NODE1), "", THEN, Limits.DEFAULTS);
        for (String name : List.of("Node1", "other", "store1")) {
            inventory = Credentials.add(inventory, name, "user-" + name, THEN, Limits.DEFAULTS);
        }
        return inventory;
    }
}
