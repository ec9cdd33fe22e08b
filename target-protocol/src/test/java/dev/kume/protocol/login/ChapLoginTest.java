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
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.protocol.login.LoginResult.Complete;
import dev.kume.protocol.login.LoginResult.Refused;
import dev.kume.protocol.pdu.LoginStatus;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * CHAP in a login, key by key (RFC 7143 section 12.1.3). The target's random bytes are 00, 01, 02..., its identifier is
 * 7, and every response here was computed with openssl.
 */
final class ChapLoginTest {
    private static final String MD5_CHALLENGE = "CHAP_C=0x000102030405060708090a0b0c0d0e0f";
    private static final String CHALLENGE = "CHAP_C=0x000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
    private static final String MD5_RESPONSE = "CHAP_R=0x6dd60b99285ed02ee565c417ffaf4f3d";
    private static final String USER = "CHAP_N=node";

    private final TestInitiator initiator = of(chap("in-secret-0123", "out-secret-456"));

    private static Authentication.Chap chap(String incoming, String outgoing) {
        return new Authentication.Chap(
                List.of(credential("other", "something-else"), credential("node", incoming)),
                credential("target", outgoing));
    }

    private static ChapCredential credential(String user, String secret) {
        return new ChapCredential(user, secret.getBytes(US_ASCII));
    }

    private static TestInitiator of(Authentication authentication) {
        TestInitiator initiator = new TestInitiator();
        initiator.decision = new AccessDecision.Granted(1, null, authentication);
        return initiator;
    }

    /** Up to the challenge of MD5. */
    private TestInitiator challenged() {
        return challenged(initiator);
    }

    private static TestInitiator challenged(TestInitiator initiator) {
        answer(initiator.send(SECURITY, NO_TRANSIT, NAME, TARGET, "AuthMethod=CHAP"));
        answer(initiator.send(SECURITY, NO_TRANSIT, "CHAP_A=5"));
        return initiator;
    }

    @ParameterizedTest
    @CsvSource({
        "5, MD5, 6dd60b99285ed02ee565c417ffaf4f3d, bdYLmShe0C7lZcQX/69PPQ==",
        "7, SHA-256, d1a33da68cc7c3d51ff0c801d334ccf77c3de8102e2d746cf531a4afdba449d3,"
                + "0aM9pozHw9Uf8MgB0zTM93w96BAuLXRs9TGkr9ukSdM=",
        "8, SHA3-256, cca0c498f704671a55c00aa30b8f817737ec7f06a7d74c2f7e77b22bed33978a,"
                + "zKDEmPcEZxpVwAqjC4+Bdzfsfwan10wvfneyK+0zl4o="
    })
    void initiatorProvesItselfInHexadecimalAndBase64(String number, String name, String hex, String base64) {
        for (String response : List.of("0x" + hex, "0X" + hex.toUpperCase(java.util.Locale.ROOT), "0b" + base64)) {
            TestInitiator each = of(chap("in-secret-0123", "out-secret-456"));
            assertAnswer(
                    each.send(SECURITY, NO_TRANSIT, NAME, TARGET, "AuthMethod=CHAP,None"),
                    SECURITY,
                    NO_TRANSIT,
                    "TargetPortalGroupTag=1",
                    "AuthMethod=CHAP");
            assertAnswer(
                    each.send(SECURITY, NO_TRANSIT, "CHAP_A=" + number),
                    SECURITY,
                    NO_TRANSIT,
                    "CHAP_A=" + number,
                    "CHAP_I=7",
                    number.equals("5") ? MD5_CHALLENGE : CHALLENGE);
            assertAnswer(each.send(SECURITY, OPERATIONAL, USER, "CHAP_R=" + response), SECURITY, OPERATIONAL);
            Complete done = complete(each.send(OPERATIONAL, FULL_FEATURE));
            assertEquals("CHAP %s user node".formatted(name), done.authentication());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "5, MD5, 6dd60b99285ed02ee565c417ffaf4f3d, 325948bb883523cb518eee4b16cf6fc4",
        "7, SHA-256, d1a33da68cc7c3d51ff0c801d334ccf77c3de8102e2d746cf531a4afdba449d3,"
                + "b0f720f286ef3e8211b915c46ca051c6c4c1e00b159f556233a5d7cc6ac7f6b1",
        "8, SHA3-256, cca0c498f704671a55c00aa30b8f817737ec7f06a7d74c2f7e77b22bed33978a,"
                + "3c0dbbc63fef863857e6c4325ff5193a5394fe6c6858318c65abee534d49687f"
    })
    void targetProvesItselfWhenAsked(String number, String name, String response, String back) {
        answer(initiator.send(SECURITY, NO_TRANSIT, NAME, TARGET, "AuthMethod=CHAP"));
        answer(initiator.send(SECURITY, NO_TRANSIT, "CHAP_A=" + number));
        assertAnswer(
                initiator.send(
                        SECURITY,
                        OPERATIONAL,
                        USER,
                        "CHAP_R=0x" + response,
                        "CHAP_I=0xff",
                        "CHAP_C=0x" + "a5".repeat(20)),
                SECURITY,
                OPERATIONAL,
                "CHAP_N=target",
                "CHAP_R=0x" + back);
    }

    @Test
    void mutualAuthenticationIsToldAsSuch() {
        challenged();
        LoginResult result =
                initiator.send(SECURITY, FULL_FEATURE, USER, MD5_RESPONSE, "CHAP_I=255", "CHAP_C=0x" + "a5".repeat(20));
        assertEquals("mutual CHAP MD5 user node", complete(result).authentication());
    }

    @Test
    void challengeOf1024BytesIsAnswered() {
        challenged();
        byte[] challenge = new byte[1_024];
        for (int i = 0; i < challenge.length; i++) {
            challenge[i] = (byte) i;
        }
        assertAnswer(
                initiator.send(
                        SECURITY, OPERATIONAL, USER, MD5_RESPONSE, "CHAP_I=0", "CHAP_C=" + Chap.encode(challenge)),
                SECURITY,
                OPERATIONAL,
                "CHAP_N=target",
                "CHAP_R=0x9512cda5d4c85e2d9ac1ea7bdc6b704e");
    }

    @Test
    void keysOverSeveralPdusAreOneText() {
        challenged();
        byte[] all = text(USER, MD5_RESPONSE);
        answer(initiator.send(SECURITY, NO_TRANSIT, true, Arrays.copyOf(all, 20)));
        byte[] rest = Arrays.copyOfRange(all, 20, all.length);
        assertAnswer(initiator.send(SECURITY, OPERATIONAL, false, rest), SECURITY, OPERATIONAL);
    }

    @Test
    void administratorsOrderChoosesTheAlgorithm() {
        initiator.algorithms = List.of(ChapAlgorithm.SHA_256, ChapAlgorithm.SHA3_256, ChapAlgorithm.MD5);
        answer(initiator.send(SECURITY, NO_TRANSIT, NAME, TARGET, "AuthMethod=KRB5,CHAP"));
        assertAnswer(
                initiator.send(SECURITY, NO_TRANSIT, "CHAP_A=6,5,8,7"),
                SECURITY,
                NO_TRANSIT,
                "CHAP_A=7",
                "CHAP_I=7",
                CHALLENGE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"CHAP_A=5", "CHAP_A=6", "CHAP_A=", "CHAP_A=07", "CHAP_A=seven", "CHAP_A=78"})
    void noCommonAlgorithm(String offer) {
        initiator.algorithms = List.of(ChapAlgorithm.SHA3_256, ChapAlgorithm.SHA_256);
        answer(initiator.send(SECURITY, NO_TRANSIT, NAME, TARGET, "AuthMethod=CHAP"));
        Refused refused = refused(initiator.send(SECURITY, NO_TRANSIT, offer));
        assertTrue(refused.reason().endsWith("the target allows 8 (SHA3-256), 7 (SHA-256)"), refused.reason());
    }

    @Test
    void transitBeforeTheLastStepIsAnsweredWithoutIt() {
        assertAnswer(
                initiator.send(SECURITY, OPERATIONAL, NAME, TARGET, "AuthMethod=CHAP,None"),
                SECURITY,
                NO_TRANSIT,
                "TargetPortalGroupTag=1",
                "AuthMethod=CHAP");
        assertAnswer(
                initiator.send(SECURITY, FULL_FEATURE, "CHAP_A=5"),
                SECURITY,
                NO_TRANSIT,
                "CHAP_A=5",
                "CHAP_I=7",
                MD5_CHALLENGE);
        assertRefused(LoginStatus.AUTHENTICATION_FAILURE, initiator.send(SECURITY, OPERATIONAL));
    }

    @Test
    void proofMayLeadOutOfTheStageLater() {
        challenged();
        assertAnswer(initiator.send(SECURITY, NO_TRANSIT, USER, MD5_RESPONSE), SECURITY, NO_TRANSIT);
        assertAnswer(initiator.send(SECURITY, OPERATIONAL), SECURITY, OPERATIONAL);
    }

    @Test
    void securityStageMayNotBeSkipped() {
        refused(initiator.send(OPERATIONAL, FULL_FEATURE, NAME, TARGET));
        TestInitiator silent = of(chap("in-secret-0123", "out-secret-456"));
        refused(silent.send(SECURITY, OPERATIONAL, NAME, TARGET));
        TestInitiator none = of(chap("in-secret-0123", "out-secret-456"));
        Refused refused = refused(none.send(SECURITY, OPERATIONAL, NAME, TARGET, "AuthMethod=None"));
        assertEquals("the initiator offers AuthMethod=None; CHAP is required", refused.reason());
    }

    @Test
    void methodMayBeOfferedInASecondRequest() {
        assertAnswer(
                initiator.send(SECURITY, NO_TRANSIT, NAME, TARGET), SECURITY, NO_TRANSIT, "TargetPortalGroupTag=1");
        assertAnswer(initiator.send(SECURITY, NO_TRANSIT, "AuthMethod=CHAP"), SECURITY, NO_TRANSIT, "AuthMethod=CHAP");
        refused(initiator.send(SECURITY, OPERATIONAL));
    }

    @Test
    void stageMayNotBeLeftForTheOperationalOneWithoutProof() {
        challenged();
        assertRefused(LoginStatus.INITIATOR_ERROR, initiator.send(OPERATIONAL, FULL_FEATURE));
    }

    /** Each of these in place of the right CHAP_N and CHAP_R. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "CHAP_N=node",
                "CHAP_R=0x6dd60b99285ed02ee565c417ffaf4f3d",
                "CHAP_N=node CHAP_R=0x6dd60b99285ed02ee565c417ffaf4f3e",
                "CHAP_N=node CHAP_R=0x6dd60b99285ed02ee565c417ffaf4f",
                "CHAP_N=node CHAP_R=0x6dd60b99285ed02ee565c417ffaf4f3d00",
                "CHAP_N=node CHAP_R=0x6dd60b99285ed02ee565c417ffaf4f3",
                "CHAP_N=node CHAP_R=6dd60b99285ed02ee565c417ffaf4f3d",
                "CHAP_N=node CHAP_R=0bbdYLmShe0C7lZcQX/69PPQ=",
                "CHAP_N=node CHAP_R=",
                "CHAP_N=NODE CHAP_R=0x6dd60b99285ed02ee565c417ffaf4f3d",
                "CHAP_N= CHAP_R=0x6dd60b99285ed02ee565c417ffaf4f3d",
                "CHAP_N=stranger CHAP_R=0x6dd60b99285ed02ee565c417ffaf4f3d",
                "CHAP_N=other CHAP_R=0x6dd60b99285ed02ee565c417ffaf4f3d",
                "CHAP_N=target CHAP_R=0x6dd60b99285ed02ee565c417ffaf4f3d",
                "CHAP_N=node CHAP_R=0x6dd60b99285ed02ee565c417ffaf4f3d CHAP_I=1",
                "CHAP_N=node CHAP_R=0x6dd60b99285ed02ee565c417ffaf4f3d CHAP_C=0x00",
                "CHAP_N=node CHAP_R=0x6dd60b99285ed02ee565c417ffaf4f3d CHAP_I=256 CHAP_C=0x00",
                "CHAP_N=node CHAP_R=0x6dd60b99285ed02ee565c417ffaf4f3d CHAP_I=-1 CHAP_C=0x00",
                "CHAP_N=node CHAP_R=0x6dd60b99285ed02ee565c417ffaf4f3d CHAP_I= CHAP_C=0x00",
                "CHAP_N=node CHAP_R=0x6dd60b99285ed02ee565c417ffaf4f3d CHAP_I=1 CHAP_C=",
                "CHAP_N=node CHAP_R=0x6dd60b99285ed02ee565c417ffaf4f3d CHAP_I=1 CHAP_C=0x0",
                "CHAP_N=node CHAP_R=0x6dd60b99285ed02ee565c417ffaf4f3d CHAP_I=7"
                        + " CHAP_C=0x000102030405060708090a0b0c0d0e0f",
                "CHAP_N=node CHAP_R=0x6dd60b99285ed02ee565c417ffaf4f3d CHAP_I=8 CHAP_C=0bAAECAwQFBgcICQoLDA0ODw==",
            })
    void whatProvesNothing(String keys) {
        challenged();
        Refused refused =
                refused(initiator.send(SECURITY, OPERATIONAL, keys.isEmpty() ? new String[0] : keys.split(" ")));
        assertFalse(refused.reason().contains("6dd60b99"), "a response in " + refused.reason());
        assertFalse(refused.reason().contains("in-secret"), refused.reason());
        assertEquals(0, refused.text().lengthBytes());
    }

    @Test
    void challengeLongerThan1024BytesIsRefused() {
        challenged();
        LoginResult result =
                initiator.send(SECURITY, OPERATIONAL, USER, MD5_RESPONSE, "CHAP_I=1", "CHAP_C=0x" + "00".repeat(1_025));
        assertRefused(LoginStatus.INITIATOR_ERROR, result);
    }

    /** Two connections: the second lets the target answer the challenge of the first. */
    @Test
    void sameSecretInBothDirectionsIsRefused() {
        TestInitiator reflecting = challenged(of(chap("in-secret-0123", "in-secret-0123")));
        Refused refused = refused(
                reflecting.send(SECURITY, OPERATIONAL, USER, MD5_RESPONSE, "CHAP_I=9", "CHAP_C=0x" + "01".repeat(16)));
        assertEquals(
                "credentials node and target have the same secret; each direction needs its own", refused.reason());
    }

    @Test
    void secretOfAnotherUserIsNoSecretForTheTarget() {
        TestInitiator reflecting = challenged(of(chap("in-secret-0123", "something-else")));
        refused(reflecting.send(SECURITY, OPERATIONAL, USER, MD5_RESPONSE, "CHAP_I=9", "CHAP_C=0x" + "01".repeat(16)));
    }

    /** A secret that begins with the other one: its rest, put before the challenge, makes both digests the same. */
    @Test
    void responseThatIsTheTargetsOwnIsRefused() {
        TestInitiator shifting = challenged(of(chap("in-secret-0123", "in-secret")));
        Refused refused = refused(shifting.send(
                SECURITY,
                OPERATIONAL,
                USER,
                MD5_RESPONSE,
                "CHAP_I=7",
                "CHAP_C=0x" + "2d30313233" + "000102030405060708090a0b0c0d0e0f"));
        assertEquals("the initiator's response is the target's own", refused.reason());
    }

    @Test
    void mutualWithoutACredentialForTheTargetIsRefused() {
        TestInitiator asking =
                challenged(of(new Authentication.Chap(List.of(credential("node", "in-secret-0123")), null)));
        Refused refused =
                refused(asking.send(SECURITY, OPERATIONAL, USER, MD5_RESPONSE, "CHAP_I=1", "CHAP_C=0x00112233"));
        assertTrue(refused.reason().contains("mutual CHAP"), refused.reason());
    }

    @Test
    void nobodyIsLetInWhereNoCredentialIsSet() {
        TestInitiator any = challenged(of(new Authentication.Chap(List.of(), null)));
        refused(any.send(SECURITY, OPERATIONAL, USER, MD5_RESPONSE));
    }

    @ParameterizedTest
    @ValueSource(strings = {"CHAP_A=5", "CHAP_N=node", "CHAP_I=1", "CHAP_C=0x00", "CHAP_R=0x00"})
    void keysBeforeTheirTime(String key) {
        refused(initiator.send(SECURITY, NO_TRANSIT, NAME, TARGET, "AuthMethod=CHAP", key));
        if (!key.startsWith("CHAP_A")) {
            TestInitiator early = of(chap("in-secret-0123", "out-secret-456"));
            answer(early.send(SECURITY, NO_TRANSIT, NAME, TARGET, "AuthMethod=CHAP"));
            refused(early.send(SECURITY, NO_TRANSIT, "CHAP_A=5", key));
        }
        TestInitiator free = of(Authentication.NONE);
        refused(free.send(SECURITY, NO_TRANSIT, NAME, TARGET, "AuthMethod=None", key));
    }

    @Test
    void keysAfterTheProof() {
        challenged();
        answer(initiator.send(SECURITY, NO_TRANSIT, USER, MD5_RESPONSE));
        refused(initiator.send(SECURITY, NO_TRANSIT, "CHAP_I=1", "CHAP_C=0x00"));
    }

    @Test
    void keysInTheOperationalStage() {
        challenged();
        answer(initiator.send(SECURITY, OPERATIONAL, USER, MD5_RESPONSE));
        assertRefused(
                LoginStatus.INITIATOR_ERROR, initiator.send(OPERATIONAL, FULL_FEATURE, "CHAP_I=1", "CHAP_C=0x00"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"CHAP_A=5", "AuthMethod=CHAP"})
    void keysThatComeAgain(String key) {
        challenged();
        assertRefused(LoginStatus.INITIATOR_ERROR, initiator.send(SECURITY, NO_TRANSIT, key));
        TestInitiator twice = challenged(of(chap("in-secret-0123", "out-secret-456")));
        assertRefused(LoginStatus.INITIATOR_ERROR, twice.send(SECURITY, NO_TRANSIT, USER, USER, MD5_RESPONSE));
    }

    @Test
    void unavailableSecretIsAnErrorOfTheTarget() {
        TestInitiator any = of(new Authentication.Unavailable("the secret of credential hv has no file"));
        LoginResult result = any.send(SECURITY, NO_TRANSIT, NAME, TARGET, "AuthMethod=CHAP");
        assertRefused(LoginStatus.TARGET_ERROR, result);
        assertTrue(((Refused) result).reason().endsWith("the secret of credential hv has no file"));
        TestInitiator skipping = of(new Authentication.Unavailable("no file"));
        assertRefused(LoginStatus.TARGET_ERROR, skipping.send(OPERATIONAL, FULL_FEATURE, NAME, TARGET));
    }

    @Test
    void discoveryAsksForProofLikeANormalSession() {
        answer(initiator.send(SECURITY, NO_TRANSIT, NAME, "SessionType=Discovery", "AuthMethod=CHAP,None"));
        answer(initiator.send(SECURITY, NO_TRANSIT, "CHAP_A=5"));
        assertEquals(
                "CHAP MD5 user node",
                complete(initiator.send(SECURITY, FULL_FEATURE, USER, MD5_RESPONSE))
                        .authentication());
    }

    @Test
    void challengesOfTheStrongSourceAreNeverTheSame() {
        SecureRandom random = new SecureRandom();
        assertNotEquals(challengeOf(new TestInitiator(random)), challengeOf(new TestInitiator(random)));
    }

    private static String challengeOf(TestInitiator initiator) {
        initiator.decision = new AccessDecision.Granted(1, null, chap("in-secret-0123", "out-secret-456"));
        answer(initiator.send(SECURITY, NO_TRANSIT, NAME, TARGET, "AuthMethod=CHAP"));
        String text =
                shown(answer(initiator.send(SECURITY, NO_TRANSIT, "CHAP_A=8")).text());
        return text.substring(text.indexOf("CHAP_C="));
    }

    private static Refused refused(LoginResult result) {
        assertRefused(LoginStatus.AUTHENTICATION_FAILURE, result);
        return assertInstanceOf(Refused.class, result);
    }
}
