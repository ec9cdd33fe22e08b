package dev.kume.protocol.login;

import static dev.kume.protocol.login.TestInitiator.FULL_FEATURE;
import static dev.kume.protocol.login.TestInitiator.NAME;
import static dev.kume.protocol.login.TestInitiator.NO_TRANSIT;
import static dev.kume.protocol.login.TestInitiator.OPERATIONAL;
import static dev.kume.protocol.login.TestInitiator.SECURITY;
import static dev.kume.protocol.login.TestInitiator.TARGET;
import static dev.kume.protocol.login.TestInitiator.assertAnswer;
import static dev.kume.protocol.login.TestInitiator.assertRefused;
import static dev.kume.protocol.login.TestInitiator.shown;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.kume.protocol.login.LoginResult.Parked;
import dev.kume.protocol.login.LoginResult.Refused;
import dev.kume.protocol.pdu.LoginStatus;
import org.junit.jupiter.api.Test;

/** Decisions that take time, and decisions that send the initiator somewhere else (RFC 7143 11.13.5). */
final class LoginDecisionTest {
    private final TestInitiator initiator = new TestInitiator();

    @Test
    void parkedRequestIsAnsweredWhenThePolicyHasDecided() {
        initiator.decision = new AccessDecision.Undecided();
        LoginResult parked = initiator.send(SECURITY, OPERATIONAL, NAME, TARGET, "AuthMethod=None");
        assertEquals(
                initiator.asked.getFirst(),
                assertInstanceOf(Parked.class, parked).identity());
        initiator.decision = new AccessDecision.Granted(1, null);
        assertAnswer(initiator.resume(), SECURITY, OPERATIONAL, "TargetPortalGroupTag=1", "AuthMethod=None");
        assertEquals(2, initiator.asked.size());
    }

    @Test
    void parkedRequestIsRefusedWhenThePolicySaysNo() {
        initiator.decision = new AccessDecision.Undecided();
        assertInstanceOf(Parked.class, initiator.send(SECURITY, OPERATIONAL, NAME, TARGET));
        initiator.decision = new AccessDecision.Denied(LoginStatus.AUTHORIZATION_FAILURE, "not allowed");
        assertRefused(LoginStatus.AUTHORIZATION_FAILURE, initiator.resume());
    }

    @Test
    void anotherRequestMeanwhileIsAnError() {
        initiator.decision = new AccessDecision.Undecided();
        assertInstanceOf(Parked.class, initiator.send(SECURITY, OPERATIONAL, NAME, TARGET));
        assertRefused(LoginStatus.INITIATOR_ERROR, initiator.send(SECURITY, OPERATIONAL));
    }

    @Test
    void keysThatAreWrongAreFoundAfterTheParkToo() {
        initiator.decision = new AccessDecision.Undecided();
        assertInstanceOf(Parked.class, initiator.send(SECURITY, NO_TRANSIT, NAME, TARGET, "InitialR2T=Yes"));
        initiator.decision = new AccessDecision.Granted(1, null);
        assertRefused(LoginStatus.INITIATOR_ERROR, initiator.resume());
    }

    @Test
    void redirectionCarriesTheAddressWithoutATag() {
        initiator.decision = new AccessDecision.Redirected("store2.example.com:3260");
        LoginResult result = initiator.send(SECURITY, FULL_FEATURE, NAME, TARGET, "AuthMethod=CHAP");
        assertRefused(LoginStatus.TARGET_MOVED_TEMPORARILY, result);
        assertEquals("TargetAddress=store2.example.com:3260|", shown(((Refused) result).text()));
    }
}
