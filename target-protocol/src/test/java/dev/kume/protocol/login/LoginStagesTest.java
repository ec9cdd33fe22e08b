package dev.kume.protocol.login;

import static dev.kume.protocol.login.TestInitiator.FULL_FEATURE;
import static dev.kume.protocol.login.TestInitiator.NAME;
import static dev.kume.protocol.login.TestInitiator.NO_TRANSIT;
import static dev.kume.protocol.login.TestInitiator.OPERATIONAL;
import static dev.kume.protocol.login.TestInitiator.SECURITY;
import static dev.kume.protocol.login.TestInitiator.TARGET;
import static dev.kume.protocol.login.TestInitiator.answer;
import static dev.kume.protocol.login.TestInitiator.assertAnswer;
import static dev.kume.protocol.login.TestInitiator.assertRefused;
import static dev.kume.protocol.login.TestInitiator.complete;
import static dev.kume.protocol.login.TestInitiator.shown;
import static dev.kume.protocol.login.TestInitiator.text;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.core.Limits;
import dev.kume.core.Limits.Limit;
import dev.kume.protocol.login.LoginResult.Answer;
import dev.kume.protocol.login.LoginResult.Complete;
import dev.kume.protocol.login.LoginResult.Refused;
import dev.kume.protocol.pdu.LoginStatus;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Stages, bits and statuses of the login (RFC 7143 sections 6.3, 11.12 and 11.13). */
final class LoginStagesTest {
    private final TestInitiator initiator = new TestInitiator();

    @Test
    void operationalStageMayBeTheFirst() {
        Complete done = complete(initiator.send(OPERATIONAL, FULL_FEATURE, NAME, TARGET, "InitialR2T=Yes"));
        assertAnswer(
                done.answer(),
                OPERATIONAL,
                FULL_FEATURE,
                "TargetPortalGroupTag=1",
                "InitialR2T=Yes",
                "MaxRecvDataSegmentLength=262144");
    }

    @Test
    void securityMayLeadToFullFeatureAtOnceWithDefaults() {
        Complete done = complete(initiator.send(SECURITY, FULL_FEATURE, NAME, TARGET, "AuthMethod=None"));
        assertAnswer(done.answer(), SECURITY, FULL_FEATURE, "TargetPortalGroupTag=1", "AuthMethod=None");
        assertEquals(
                new SessionParameters(
                        false, false, 8_192, 8_192, true, true, 65_536, 262_144, 1, 1, 0, 2, 20, true, true, "RFC3720",
                        1),
                done.parameters());
    }

    @Test
    void emptyExchangesGoOn() {
        assertAnswer(
                initiator.send(SECURITY, NO_TRANSIT, NAME, TARGET), SECURITY, NO_TRANSIT, "TargetPortalGroupTag=1");
        assertAnswer(initiator.send(SECURITY, NO_TRANSIT), SECURITY, NO_TRANSIT);
        assertAnswer(initiator.send(SECURITY, OPERATIONAL), SECURITY, OPERATIONAL);
        assertAnswer(
                initiator.send(OPERATIONAL, NO_TRANSIT), OPERATIONAL, NO_TRANSIT, "MaxRecvDataSegmentLength=262144");
        assertAnswer(
                initiator.send(OPERATIONAL, NO_TRANSIT, "ErrorRecoveryLevel=1"),
                OPERATIONAL,
                NO_TRANSIT,
                "ErrorRecoveryLevel=0");
        assertAnswer(complete(initiator.send(OPERATIONAL, FULL_FEATURE)).answer(), OPERATIONAL, FULL_FEATURE);
        assertEquals(1, initiator.asked.size());
    }

    @Test
    void textOverSeveralRequestsIsAnsweredAtItsEnd() {
        byte[] all = text(NAME, TARGET, "AuthMethod=None");
        for (int at = 0; at < all.length - 7; at += 7) {
            byte[] part = Arrays.copyOfRange(all, at, at + 7);
            assertAnswer(initiator.send(SECURITY, NO_TRANSIT, true, part), SECURITY, NO_TRANSIT);
        }
        byte[] rest = Arrays.copyOfRange(all, (all.length - 1) / 7 * 7, all.length);
        assertAnswer(
                initiator.send(SECURITY, OPERATIONAL, false, rest),
                SECURITY,
                OPERATIONAL,
                "TargetPortalGroupTag=1",
                "AuthMethod=None");
    }

    @Test
    void answerLongerThanTheSegmentIsFetchedInParts() {
        answer(initiator.send(SECURITY, OPERATIONAL, NAME, TARGET));
        String[] offers = new String[41];
        offers[0] = "MaxRecvDataSegmentLength=512";
        for (int i = 1; i < offers.length; i++) {
            offers[i] = "X-com.example.unknown%02d=value".formatted(i);
        }
        ByteArrayOutputStream got = new ByteArrayOutputStream();
        LoginResult result = initiator.send(OPERATIONAL, FULL_FEATURE, offers);
        while (result instanceof Answer part) {
            assertTrue(part.continues());
            assertFalse(part.transit());
            assertEquals(512, part.text().lengthBytes());
            got.writeBytes(part.text().toBytes());
            result = initiator.send(OPERATIONAL, FULL_FEATURE);
        }
        Answer last = complete(result).answer();
        got.writeBytes(last.text().toBytes());
        assertTrue(last.transit());
        assertFalse(last.continues());
        String[] expected = new String[41];
        for (int i = 1; i < offers.length; i++) {
            expected[i - 1] = "X-com.example.unknown%02d=NotUnderstood".formatted(i);
        }
        expected[40] = "MaxRecvDataSegmentLength=262144";
        assertArrayEquals(text(expected), got.toByteArray());
    }

    @Test
    void newTextInTheMiddleOfAnAnswerIsRefused() {
        answer(initiator.send(SECURITY, OPERATIONAL, NAME, TARGET));
        String[] offers = new String[41];
        offers[0] = "MaxRecvDataSegmentLength=512";
        for (int i = 1; i < offers.length; i++) {
            offers[i] = "X-com.example.unknown%02d=value".formatted(i);
        }
        assertTrue(answer(initiator.send(OPERATIONAL, FULL_FEATURE, offers)).continues());
        assertRefused(LoginStatus.INITIATOR_ERROR, initiator.send(OPERATIONAL, FULL_FEATURE, "InitialR2T=Yes"));
    }

    @Test
    void policyIsAskedOnceAndItsRefusalIsTheStatus() {
        initiator.decision = new AccessDecision.Denied(LoginStatus.NOT_FOUND, "no such target");
        Refused refused = (Refused) initiator.send(SECURITY, OPERATIONAL, NAME, TARGET);
        assertEquals(LoginStatus.NOT_FOUND, refused.status());
        assertEquals("no such target", refused.reason());
        assertEquals(initiator.asked.getFirst(), refused.identity());
        assertRefused(LoginStatus.INVALID_DURING_LOGIN, initiator.send(SECURITY, OPERATIONAL, NAME, TARGET));
        assertEquals(1, initiator.asked.size());
    }

    @Test
    void namesAreComparedInOneForm() {
        answer(initiator.send(
                SECURITY,
                OPERATIONAL,
                "InitiatorName=IQN.1991-05.com.Microsoft:HV-NODE1",
                "TargetName=iqn.2026-11.DEV.kume:HV-node1"));
        assertEquals(
                new LoginIdentity(
                        "iqn.1991-05.com.microsoft:hv-node1",
                        0x4000_0137_0000L,
                        SessionType.NORMAL,
                        "iqn.2026-11.dev.kume:hv-node1"),
                initiator.asked.getFirst());
    }

    @Test
    void missingNamesAreMissingParameters() {
        assertRefused(LoginStatus.MISSING_PARAMETER, initiator.send(SECURITY, OPERATIONAL, TARGET));
        assertRefused(LoginStatus.MISSING_PARAMETER, new TestInitiator().send(SECURITY, OPERATIONAL, NAME));
        assertRefused(LoginStatus.MISSING_PARAMETER, new TestInitiator().send(SECURITY, OPERATIONAL));
        assertTrue(initiator.asked.isEmpty());
    }

    @Test
    void otherSessionTypesAreNotSupported() {
        assertRefused(
                LoginStatus.SESSION_TYPE_NOT_SUPPORTED,
                initiator.send(SECURITY, OPERATIONAL, NAME, TARGET, "SessionType=Boot"));
    }

    @Test
    void otherVersionsAreNotSupported() {
        initiator.versionMin = 1;
        assertRefused(LoginStatus.UNSUPPORTED_VERSION, initiator.send(SECURITY, OPERATIONAL, NAME, TARGET));
    }

    @Test
    void secondConnectionIsOneTooMany() {
        initiator.tsih = 7;
        initiator.hasSession = true;
        assertRefused(LoginStatus.TOO_MANY_CONNECTIONS, initiator.send(SECURITY, OPERATIONAL, NAME, TARGET));
    }

    @Test
    void sameConnectionOfASessionTakesItsPlace() {
        initiator.tsih = 7;
        initiator.hasSession = true;
        initiator.hasConnection = true;
        assertAnswer(
                initiator.send(SECURITY, OPERATIONAL, NAME, TARGET, "AuthMethod=None"),
                SECURITY,
                OPERATIONAL,
                "TargetPortalGroupTag=1",
                "AuthMethod=None");
    }

    @Test
    void tsihOfNoSession() {
        initiator.tsih = 7;
        assertRefused(LoginStatus.SESSION_DOES_NOT_EXIST, initiator.send(SECURITY, OPERATIONAL, NAME, TARGET));
    }

    @Test
    void strangerLearnsNothingOfSessions() {
        initiator.tsih = 7;
        initiator.hasSession = true;
        initiator.decision = new AccessDecision.Denied(LoginStatus.AUTHORIZATION_FAILURE, "not allowed");
        assertRefused(LoginStatus.AUTHORIZATION_FAILURE, initiator.send(SECURITY, OPERATIONAL, NAME, TARGET));
    }

    @Test
    void initiatorThatInsistsOnAuthentication() {
        assertRefused(
                LoginStatus.AUTHENTICATION_FAILURE,
                initiator.send(SECURITY, OPERATIONAL, NAME, TARGET, "AuthMethod=CHAP,KRB5"));
    }

    @Test
    void initiatorThatCanDoWithoutAuthentication() {
        LoginResult result = initiator.send(SECURITY, OPERATIONAL, NAME, TARGET, "AuthMethod=CHAP,None");
        assertAnswer(result, SECURITY, OPERATIONAL, "TargetPortalGroupTag=1", "AuthMethod=None");
    }

    @ParameterizedTest
    @CsvSource({"2,3", "3,3", "0,0", "0,2", "1,1", "1,0", "1,2"})
    void stagesThatDoNotExistOrGoBack(int current, int next) {
        assertRefused(LoginStatus.INITIATOR_ERROR, initiator.send(current, next, NAME, TARGET));
    }

    @Test
    void stageThatWasNotAgreedOn() {
        answer(initiator.send(SECURITY, NO_TRANSIT, NAME, TARGET));
        assertRefused(LoginStatus.INITIATOR_ERROR, initiator.send(OPERATIONAL, FULL_FEATURE));
    }

    @Test
    void transitInATextThatContinues() {
        assertRefused(LoginStatus.INITIATOR_ERROR, initiator.send(SECURITY, OPERATIONAL, true, text(NAME, TARGET)));
    }

    @Test
    void identifiersMayNotChange() {
        answer(initiator.send(SECURITY, OPERATIONAL, NAME, TARGET));
        initiator.isid++;
        assertRefused(LoginStatus.INITIATOR_ERROR, initiator.send(OPERATIONAL, FULL_FEATURE));
        TestInitiator other = new TestInitiator();
        answer(other.send(SECURITY, OPERATIONAL, NAME, TARGET));
        other.cid++;
        assertRefused(LoginStatus.INITIATOR_ERROR, other.send(OPERATIONAL, FULL_FEATURE));
    }

    @Test
    void nothingComesAfterTheEnd() {
        complete(initiator.send(SECURITY, FULL_FEATURE, NAME, TARGET));
        assertRefused(LoginStatus.INVALID_DURING_LOGIN, initiator.send(SECURITY, FULL_FEATURE, NAME, TARGET));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HeaderDigest=None",
                "MaxRecvDataSegmentLength=8192",
                "SendTargets=All",
                "TargetPortalGroupTag=1",
                "InitiatorName=iqn.2026-11.dev.kume:twice",
                "InitialR2T=Reject",
                "X-com.example.key=NotUnderstood",
                "noEquals",
                "=value",
                "1Key=value",
                "Bad Key=value",
                "InitiatorAlias=two\nlines"
            })
    void keysThatMayNotComeHere(String pair) {
        assertRefused(LoginStatus.INITIATOR_ERROR, initiator.send(SECURITY, OPERATIONAL, NAME, TARGET, pair));
    }

    /** What libiscsi sends when it offers CHAP. */
    @Test
    void identityMayBeToldAgain() {
        answer(initiator.send(SECURITY, OPERATIONAL, NAME, TARGET, "SessionType=Normal", "AuthMethod=CHAP,None"));
        LoginResult result =
                initiator.send(OPERATIONAL, FULL_FEATURE, NAME, TARGET, "SessionType=Normal", "ErrorRecoveryLevel=0");
        assertAnswer(
                complete(result).answer(),
                OPERATIONAL,
                FULL_FEATURE,
                "ErrorRecoveryLevel=0",
                "MaxRecvDataSegmentLength=262144");
        assertEquals(1, initiator.asked.size());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "InitiatorName=iqn.2026-11.dev.kume:other",
                "TargetName=iqn.2026-11.dev.kume:other",
                "SessionType=Discovery"
            })
    void identityMayNotChange(String pair) {
        answer(initiator.send(SECURITY, OPERATIONAL, NAME, TARGET));
        assertRefused(LoginStatus.INITIATOR_ERROR, initiator.send(OPERATIONAL, FULL_FEATURE, pair));
    }

    @Test
    void authMethodAfterTheSecurityStage() {
        answer(initiator.send(SECURITY, OPERATIONAL, NAME, TARGET));
        assertRefused(LoginStatus.INITIATOR_ERROR, initiator.send(OPERATIONAL, FULL_FEATURE, "AuthMethod=None"));
    }

    @Test
    void keyThatComesAgainInALaterRequest() {
        answer(initiator.send(OPERATIONAL, NO_TRANSIT, NAME, TARGET, "InitialR2T=Yes"));
        assertRefused(LoginStatus.INITIATOR_ERROR, initiator.send(OPERATIONAL, NO_TRANSIT, "InitialR2T=No"));
    }

    @Test
    void initiatorMayNotUnderstandWhatTheTargetDeclared() {
        answer(initiator.send(SECURITY, OPERATIONAL, NAME, TARGET));
        complete(initiator.send(OPERATIONAL, FULL_FEATURE, "TargetPortalGroupTag=NotUnderstood"));
    }

    @Test
    void endlessTextIsRefused() {
        Limits limits = Limits.of(Map.of(Limit.TEXT_BYTES, 8_192L));
        TestInitiator endless = new TestInitiator(limits);
        byte[] part = "x".repeat(8_000).getBytes(StandardCharsets.US_ASCII);
        answer(endless.send(SECURITY, NO_TRANSIT, true, part));
        assertRefused(LoginStatus.INITIATOR_ERROR, endless.send(SECURITY, NO_TRANSIT, true, part));
    }

    @Test
    void endlessKeysAreRefused() {
        LoginResult result = initiator.send(OPERATIONAL, NO_TRANSIT, NAME, TARGET);
        int requests = 0;
        while (result instanceof Answer) {
            result = initiator.send(OPERATIONAL, NO_TRANSIT, "X-com.example.key" + requests++ + "=1");
        }
        assertRefused(LoginStatus.INITIATOR_ERROR, result);
        assertEquals(255, requests);
    }

    @Test
    void aliasIsOneShortLine() {
        initiator.decision = new AccessDecision.Granted(2, "Two\nlines " + "\u00fc".repeat(300));
        String text = shown(
                answer(initiator.send(SECURITY, OPERATIONAL, NAME, TARGET)).text());
        assertTrue(text.startsWith("TargetPortalGroupTag=2|TargetAlias=Two lines \u00fc"), text);
        String alias = text.substring(text.indexOf("TargetAlias=") + 12, text.length() - 1);
        assertEquals(254, alias.getBytes(StandardCharsets.UTF_8).length);
    }
}
