package dev.kume.protocol.login;

import static dev.kume.protocol.login.TestInitiator.FULL_FEATURE;
import static dev.kume.protocol.login.TestInitiator.OPERATIONAL;
import static dev.kume.protocol.login.TestInitiator.SECURITY;
import static dev.kume.protocol.login.TestInitiator.assertAnswer;
import static dev.kume.protocol.login.TestInitiator.complete;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.protocol.login.LoginResult.Complete;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The login of the Windows initiator: two requests, as measured on the wire. */
final class MicrosoftLoginTest {
    private static final String REST = "00000000000000000000000000000000";
    private final TestInitiator initiator = new TestInitiator();

    @Test
    void normalSession() {
        initiator.decision = new AccessDecision.Granted(1, "Node 1");
        LoginResult first = initiator.sendBytes(
                "43 81 00 00 00 00007d 400001370000 0000 00000001 0001 0000 00000001 00000000" + REST,
                "InitiatorName=iqn.1991-05.com.microsoft:hv-node1",
                "SessionType=Normal",
                "TargetName=iqn.2026-11.dev.kume:hv-node1",
                "AuthMethod=None");
        assertAnswer(first, SECURITY, OPERATIONAL, "TargetPortalGroupTag=1", "TargetAlias=Node 1", "AuthMethod=None");

        Complete done = complete(initiator.sendBytes(
                "43 87 00 00 00 00012c 400001370000 0000 00000001 0001 0000 00000001 00000001" + REST,
                "HeaderDigest=None,CRC32C",
                "DataDigest=None,CRC32C",
                "ErrorRecoveryLevel=2",
                "InitialR2T=No",
                "ImmediateData=Yes",
                "MaxRecvDataSegmentLength=65536",
                "MaxBurstLength=262144",
                "FirstBurstLength=65536",
                "MaxConnections=32",
                "MaxOutstandingR2T=16",
                "DataPDUInOrder=Yes",
                "DataSequenceInOrder=Yes",
                "DefaultTime2Wait=0",
                "DefaultTime2Retain=60"));
        assertAnswer(
                done.answer(),
                OPERATIONAL,
                FULL_FEATURE,
                "HeaderDigest=None",
                "DataDigest=None",
                "ErrorRecoveryLevel=0",
                "InitialR2T=Yes",
                "ImmediateData=Yes",
                "MaxBurstLength=262144",
                "FirstBurstLength=65536",
                "MaxConnections=1",
                "MaxOutstandingR2T=1",
                "DataPDUInOrder=Yes",
                "DataSequenceInOrder=Yes",
                "DefaultTime2Wait=0",
                "DefaultTime2Retain=0",
                "MaxRecvDataSegmentLength=262144");
        assertEquals(
                new SessionParameters(
                        false, false, 65_536, 262_144, true, true, 65_536, 262_144, 1, 1, 0, 0, 0, true, true,
                        "RFC3720", 1),
                done.parameters());
        LoginIdentity identity = new LoginIdentity(
                "iqn.1991-05.com.microsoft:hv-node1",
                0x4000_0137_0000L,
                SessionType.NORMAL,
                "iqn.2026-11.dev.kume:hv-node1");
        assertEquals(identity, done.identity());
        assertEquals(List.of(identity), initiator.asked);
        assertEquals(1, done.access().portalGroupTag());
    }

    @Test
    void discoverySession() {
        LoginResult first = initiator.sendBytes(
                "43 81 00 00 00 000057 400001370000 0000 00000001 0001 0000 00000001 00000000" + REST,
                "InitiatorName=iqn.1991-05.com.microsoft:hv-node1",
                "SessionType=Discovery",
                "AuthMethod=None");
        assertAnswer(first, SECURITY, OPERATIONAL, "AuthMethod=None");

        Complete done = complete(initiator.sendBytes(
                "43 87 00 00 00 000078 400001370000 0000 00000001 0001 0000 00000001 00000001" + REST,
                "HeaderDigest=None,CRC32C",
                "DataDigest=None,CRC32C",
                "MaxRecvDataSegmentLength=65536",
                "DefaultTime2Wait=0",
                "DefaultTime2Retain=60"));
        assertAnswer(
                done.answer(),
                OPERATIONAL,
                FULL_FEATURE,
                "HeaderDigest=None",
                "DataDigest=None",
                "DefaultTime2Wait=0",
                "DefaultTime2Retain=0",
                "MaxRecvDataSegmentLength=262144");
        assertEquals(SessionType.DISCOVERY, done.identity().sessionType());
        assertEquals(65_536, done.parameters().initiatorMaxRecvDataSegmentLength());
    }

    @Test
    void digestsAnAdministratorTurnedOn() {
        Complete done = initiator.operational("HeaderDigest=CRC32C", "DataDigest=CRC32C,None");
        assertAnswer(
                done.answer(),
                OPERATIONAL,
                FULL_FEATURE,
                "HeaderDigest=CRC32C",
                "DataDigest=CRC32C",
                "MaxRecvDataSegmentLength=262144");
        assertTrue(done.parameters().headerDigest());
        assertTrue(done.parameters().dataDigest());
        assertFalse(new TestInitiator().operational().parameters().headerDigest());
    }
}
