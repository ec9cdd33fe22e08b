package dev.kume.protocol.login;

import static dev.kume.protocol.login.TestInitiator.FULL_FEATURE;
import static dev.kume.protocol.login.TestInitiator.NAME;
import static dev.kume.protocol.login.TestInitiator.OPERATIONAL;
import static dev.kume.protocol.login.TestInitiator.SECURITY;
import static dev.kume.protocol.login.TestInitiator.TARGET;
import static dev.kume.protocol.login.TestInitiator.answer;
import static dev.kume.protocol.login.TestInitiator.complete;
import static dev.kume.protocol.login.TestInitiator.shown;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.core.Limits;
import dev.kume.core.Limits.Limit;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the target answers to each offer of each key; nothing after the equals sign means no answer. */
final class TextKeyTest {
    private static final String DECLARED = "MaxRecvDataSegmentLength=262144|";

    /** Columns: the offer, the answer in a normal session, the answer in a discovery session. */
    private static final String OFFERS = """
            HeaderDigest=None | None | None
            HeaderDigest=CRC32C | CRC32C | CRC32C
            HeaderDigest=CRC32C,None | CRC32C | CRC32C
            HeaderDigest=None,CRC32C | None | None
            HeaderDigest=X-com.example.digest,CRC32C | CRC32C | CRC32C
            HeaderDigest=X-com.example.digest | Reject | Reject
            HeaderDigest= | Reject | Reject
            HeaderDigest=crc32c | Reject | Reject
            DataDigest=CRC32C,None | CRC32C | CRC32C
            DataDigest=None | None | None
            MaxConnections=32 | 1 | Irrelevant
            MaxConnections=0 | Reject | Irrelevant
            MaxConnections=65536 | Reject | Irrelevant
            MaxConnections=many | Reject | Irrelevant
            InitialR2T=No | Yes | Irrelevant
            InitialR2T=Yes | Yes | Irrelevant
            InitialR2T=yes | Reject | Irrelevant
            ImmediateData=No | No | Irrelevant
            ImmediateData=Yes | Yes | Irrelevant
            ImmediateData= | Reject | Irrelevant
            MaxRecvDataSegmentLength=512 | |
            MaxRecvDataSegmentLength=16777215 | |
            MaxRecvDataSegmentLength=511 | Reject | Reject
            MaxRecvDataSegmentLength=16777216 | Reject | Reject
            MaxBurstLength=16776192 | 262144 | Irrelevant
            MaxBurstLength=4096 | 4096 | Irrelevant
            MaxBurstLength=0x1000 | 4096 | Irrelevant
            MaxBurstLength=0X1000 | 4096 | Irrelevant
            MaxBurstLength=511 | Reject | Irrelevant
            MaxBurstLength=16777216 | Reject | Irrelevant
            MaxBurstLength=-1 | Reject | Irrelevant
            MaxBurstLength=99999999999999999999999 | Reject | Irrelevant
            FirstBurstLength=262144 | 65536 | Irrelevant
            FirstBurstLength=512 | 512 | Irrelevant
            FirstBurstLength=0 | Reject | Irrelevant
            DefaultTime2Wait=5 | 5 | 5
            DefaultTime2Wait=0 | 0 | 0
            DefaultTime2Wait=3601 | Reject | Reject
            DefaultTime2Retain=60 | 0 | 0
            DefaultTime2Retain=3601 | Reject | Reject
            MaxOutstandingR2T=16 | 1 | Irrelevant
            MaxOutstandingR2T=0 | Reject | Irrelevant
            DataPDUInOrder=No | Yes | Irrelevant
            DataPDUInOrder=Yes | Yes | Irrelevant
            DataSequenceInOrder=No | Yes | Irrelevant
            DataSequenceInOrder=Maybe | Reject | Irrelevant
            ErrorRecoveryLevel=2 | 0 | 0
            ErrorRecoveryLevel=3 | Reject | Reject
            TaskReporting=FastAbort,RFC3720 | RFC3720 | Irrelevant
            TaskReporting=FastAbort | Reject | Irrelevant
            iSCSIProtocolLevel=2 | 1 | Irrelevant
            iSCSIProtocolLevel=0 | 0 | Irrelevant
            iSCSIProtocolLevel=32 | Reject | Irrelevant
            IFMarker=Yes | No | No
            IFMarker=No | No | No
            IFMarker=2 | Reject | Reject
            OFMarker=Yes | No | No
            IFMarkInt=2048~8192 | Reject | Reject
            OFMarkInt=2048 | Reject | Reject
            InitiatorAlias=node 1 | |
            InitiatorAlias= | |
            X#NodeArchitecture=x86_64 | |
            X-com.example.key=1 | NotUnderstood | NotUnderstood
            HeaderDigest=Y-com.example.sum,Z-com.example.x,None | None | None
            X-com.example.key=NotUnderstoodAtAll | NotUnderstood | NotUnderstood
            Y-com.example.key=1 | NotUnderstood | NotUnderstood
            Z-com.example.key=1 | NotUnderstood | NotUnderstood
            X#com.example.key=1 | NotUnderstood | NotUnderstood
            InitiatorRecvDataSegmentLength=8192 | NotUnderstood | NotUnderstood
            MaxBurstLength=0x | Reject | Irrelevant
            MaxBurstLength=08192 | Reject | Irrelevant
            MaxBurstLength=8192.0 | Reject | Irrelevant
            MaxBurstLength=512~8192 | Reject | Irrelevant
            MaxBurstLength= | Reject | Irrelevant
            OFMarker=maybe | Reject | Reject
            RDMAExtensions=Yes | NotUnderstood | NotUnderstood
            Nonsense= | NotUnderstood | NotUnderstood
            """;

    @Test
    void everyOfferHasItsAnswer() {
        for (String row : OFFERS.lines().toList()) {
            String[] columns =
                    Arrays.stream(row.split("\\|", -1)).map(String::strip).toArray(String[]::new);
            assertEquals(expected(columns[0], columns[1]), negotiate(TARGET, columns[0]), row);
            assertEquals(expected(columns[0], columns[2]), negotiate("SessionType=Discovery", columns[0]), row);
        }
    }

    /** Offers of the security stage, and the answer; "refused" where the login ends with 2/01. */
    private static final String METHODS = """
            AuthMethod=None | None | refused
            AuthMethod=CHAP | refused | CHAP
            AuthMethod=CHAP,None | None | CHAP
            AuthMethod=KRB5,SRP,CHAP,None | None | CHAP
            AuthMethod=Z-com.example.method,None | None | refused
            AuthMethod=KRB5 | refused | refused
            AuthMethod=SPKM1,SPKM2 | refused | refused
            AuthMethod=chap | refused | refused
            AuthMethod=none | refused | refused
            AuthMethod= | refused | refused
            """;

    @Test
    void everyMethodHasItsAnswerWithAndWithoutChap() {
        Authentication chap = new Authentication.Chap(java.util.List.of(), null);
        for (String row : METHODS.lines().toList()) {
            String[] columns =
                    Arrays.stream(row.split("\\|", -1)).map(String::strip).toArray(String[]::new);
            assertEquals(columns[1], method(columns[0], Authentication.NONE), row);
            assertEquals(columns[2], method(columns[0], chap), row);
        }
    }

    private static String method(String offer, Authentication authentication) {
        TestInitiator initiator = new TestInitiator();
        initiator.decision = new AccessDecision.Granted(1, null, authentication);
        LoginResult result = initiator.send(SECURITY, TestInitiator.NO_TRANSIT, NAME, TARGET, offer);
        if (result instanceof LoginResult.Refused refused) {
            assertEquals(dev.kume.protocol.pdu.LoginStatus.AUTHENTICATION_FAILURE, refused.status());
            return "refused";
        }
        String text = shown(answer(result).text());
        return text.substring(text.indexOf("AuthMethod=") + 11, text.length() - 1);
    }

    @Test
    void everyNegotiableKeyIsInTheTable() {
        Set<String> offered =
                OFFERS.lines().map(row -> row.substring(0, row.indexOf('='))).collect(Collectors.toSet());
        for (TextKey key : TextKey.values()) {
            boolean here = key.mayBeSentIn(LoginStage.OPERATIONAL_NEGOTIATION)
                    && !key.mayBeSentIn(LoginStage.SECURITY_NEGOTIATION);
            assertTrue(!here || offered.contains(key.keyName()), key.keyName());
        }
    }

    @Test
    void keysAreFoundByTheirExactName() {
        for (TextKey key : TextKey.values()) {
            assertEquals(key, TextKey.of(key.keyName()));
        }
        assertEquals(null, TextKey.of("headerdigest"));
    }

    @Test
    void rejectedOffersLeaveTheDefaults() {
        SessionParameters parameters = new TestInitiator()
                .operational("MaxRecvDataSegmentLength=1", "MaxBurstLength=1", "ImmediateData=?", "HeaderDigest=?")
                .parameters();
        assertEquals(8_192, parameters.initiatorMaxRecvDataSegmentLength());
        assertEquals(262_144, parameters.maxBurstLength());
        assertTrue(parameters.immediateData());
        assertTrue(!parameters.headerDigest());
    }

    @ParameterizedTest
    @CsvSource({"Yes,Yes,Yes,Yes", "Yes,No,Yes,Yes", "No,Yes,Yes,Yes", "No,No,No,Yes", "Yes,Yes,No,No", "No,No,Yes,No"})
    void initialR2TAndImmediateDataInEveryCombination(
            String ownR2T, String offeredR2T, String ownImmediate, String offeredImmediate) {
        TargetParameters own = TargetParameters.of(Limits.DEFAULTS)
                .withInitialR2T(ownR2T.equals("Yes"))
                .withImmediateData(ownImmediate.equals("Yes"));
        SessionParameters parameters = new TestInitiator(own, Limits.DEFAULTS)
                .operational("InitialR2T=" + offeredR2T, "ImmediateData=" + offeredImmediate)
                .parameters();
        assertEquals(ownR2T.equals("Yes") || offeredR2T.equals("Yes"), parameters.initialR2T());
        assertEquals(ownImmediate.equals("Yes") && offeredImmediate.equals("Yes"), parameters.immediateData());
    }

    @Test
    void firstBurstNeverExceedsMaxBurstWhicheverComesFirst() {
        assertEquals(
                "FirstBurstLength=4096|MaxBurstLength=4096|" + DECLARED,
                negotiate(TARGET, "FirstBurstLength=65536", "MaxBurstLength=4096"));
        assertEquals(
                "MaxBurstLength=4096|FirstBurstLength=4096|" + DECLARED,
                negotiate(TARGET, "MaxBurstLength=4096", "FirstBurstLength=65536"));
        SessionParameters parameters =
                new TestInitiator().operational("MaxBurstLength=4096").parameters();
        assertEquals(4_096, parameters.firstBurstLength());
    }

    @Test
    void limitsOfTheAdministratorAreTheTargetsSide() {
        Limits limits = Limits.of(Map.of(
                Limit.MAX_BURST_BYTES, 131_072L,
                Limit.FIRST_BURST_BYTES, 262_144L,
                Limit.MAX_OUTSTANDING_R2T, 4L,
                Limit.MAX_RECV_DATA_SEGMENT_BYTES, 65_536L));
        SessionParameters parameters = new TestInitiator(limits)
                .operational("MaxBurstLength=16776192", "FirstBurstLength=16776192", "MaxOutstandingR2T=16")
                .parameters();
        assertEquals(131_072, parameters.maxBurstLength());
        assertEquals(131_072, parameters.firstBurstLength());
        assertEquals(4, parameters.maxOutstandingR2T());
        assertEquals(65_536, parameters.targetMaxRecvDataSegmentLength());
    }

    private static String expected(String offer, String answer) {
        return answer.isEmpty() ? DECLARED : offer.substring(0, offer.indexOf('=') + 1) + answer + "|" + DECLARED;
    }

    private static String negotiate(String session, String... offers) {
        TestInitiator initiator = new TestInitiator();
        answer(initiator.send(SECURITY, OPERATIONAL, NAME, session));
        return shown(complete(initiator.send(OPERATIONAL, FULL_FEATURE, offers))
                .answer()
                .text());
    }
}
