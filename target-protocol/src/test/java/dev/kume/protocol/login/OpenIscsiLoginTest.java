package dev.kume.protocol.login;

import static dev.kume.protocol.login.TestInitiator.FULL_FEATURE;
import static dev.kume.protocol.login.TestInitiator.OPERATIONAL;
import static dev.kume.protocol.login.TestInitiator.SECURITY;
import static dev.kume.protocol.login.TestInitiator.assertAnswer;
import static dev.kume.protocol.login.TestInitiator.complete;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.kume.protocol.login.LoginResult.Complete;
import org.junit.jupiter.api.Test;

/** The login of open-iscsi, with its order of keys and the marker keys it still sends. */
final class OpenIscsiLoginTest {
    private static final String REST = "00000000000000000000000000000000";
    private final TestInitiator initiator = new TestInitiator();

    @Test
    void normalSession() {
        LoginResult first = initiator.sendBytes(
                "43 81 00 00 00 000090 00023d000001 0000 00000000 0000 0000 00000001 00000000" + REST,
                "InitiatorName=iqn.1993-08.org.debian:01:abcdef",
                "InitiatorAlias=node1",
                "TargetName=iqn.2026-11.dev.kume:hv-node1",
                "SessionType=Normal",
                "AuthMethod=None");
        assertAnswer(first, SECURITY, OPERATIONAL, "TargetPortalGroupTag=1", "AuthMethod=None");

        Complete done = complete(initiator.sendBytes(
                "43 87 00 00 00 000137 00023d000001 0000 00000000 0000 0000 00000001 00000001" + REST,
                "HeaderDigest=None",
                "DataDigest=None",
                "DefaultTime2Wait=2",
                "DefaultTime2Retain=0",
                "IFMarker=No",
                "OFMarker=No",
                "ErrorRecoveryLevel=0",
                "InitialR2T=No",
                "ImmediateData=Yes",
                "MaxBurstLength=16776192",
                "FirstBurstLength=262144",
                "MaxOutstandingR2T=1",
                "MaxConnections=1",
                "DataPDUInOrder=Yes",
                "DataSequenceInOrder=Yes",
                "MaxRecvDataSegmentLength=262144"));
        assertAnswer(
                done.answer(),
                OPERATIONAL,
                FULL_FEATURE,
                "HeaderDigest=None",
                "DataDigest=None",
                "DefaultTime2Wait=2",
                "DefaultTime2Retain=0",
                "IFMarker=No",
                "OFMarker=No",
                "ErrorRecoveryLevel=0",
                "InitialR2T=Yes",
                "ImmediateData=Yes",
                "MaxBurstLength=262144",
                "FirstBurstLength=65536",
                "MaxOutstandingR2T=1",
                "MaxConnections=1",
                "DataPDUInOrder=Yes",
                "DataSequenceInOrder=Yes",
                "MaxRecvDataSegmentLength=262144");
        assertEquals(
                new SessionParameters(
                        false, false, 262_144, 262_144, true, true, 65_536, 262_144, 1, 1, 0, 2, 0, true, true,
                        "RFC3720", 1),
                done.parameters());
        assertEquals(0x0002_3d00_0001L, done.identity().isid());
        assertEquals("node1", done.initiatorAlias());
    }

    @Test
    void discoverySession() {
        LoginResult first = initiator.sendBytes(
                "43 81 00 00 00 00006a 00023d000001 0000 00000000 0000 0000 00000001 00000000" + REST,
                "InitiatorName=iqn.1993-08.org.debian:01:abcdef",
                "InitiatorAlias=node1",
                "SessionType=Discovery",
                "AuthMethod=None");
        assertAnswer(first, SECURITY, OPERATIONAL, "AuthMethod=None");

        Complete done = complete(initiator.sendBytes(
                "43 87 00 00 00 0000a7 00023d000001 0000 00000000 0000 0000 00000001 00000001" + REST,
                "HeaderDigest=None",
                "DataDigest=None",
                "DefaultTime2Wait=2",
                "DefaultTime2Retain=0",
                "IFMarker=No",
                "OFMarker=No",
                "ErrorRecoveryLevel=0",
                "MaxRecvDataSegmentLength=32768",
                "MaxConnections=1"));
        assertAnswer(
                done.answer(),
                OPERATIONAL,
                FULL_FEATURE,
                "HeaderDigest=None",
                "DataDigest=None",
                "DefaultTime2Wait=2",
                "DefaultTime2Retain=0",
                "IFMarker=No",
                "OFMarker=No",
                "ErrorRecoveryLevel=0",
                "MaxConnections=Irrelevant",
                "MaxRecvDataSegmentLength=262144");
        assertEquals(32_768, done.parameters().initiatorMaxRecvDataSegmentLength());
    }
}
