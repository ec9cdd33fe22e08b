package dev.kume.protocol.login;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.kume.core.Limits;
import dev.kume.protocol.login.LoginResult.Answer;
import dev.kume.protocol.login.LoginResult.Complete;
import dev.kume.protocol.login.LoginResult.Refused;
import dev.kume.protocol.pdu.LoginRequestPdu;
import dev.kume.protocol.pdu.LoginStatus;
import dev.kume.protocol.pdu.PduHeader;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.random.RandomGenerator;

/** A scripted initiator at one login: Login Request PDUs in, what the target decided out. */
final class TestInitiator implements LoginPolicy {
    static final int SECURITY = 0;
    static final int OPERATIONAL = 1;
    static final int FULL_FEATURE = 3;
    static final int NO_TRANSIT = -1;

    static final String NAME = "InitiatorName=iqn.1991-05.com.microsoft:hv-node1";
    static final String TARGET = "TargetName=iqn.2026-11.dev.kume:hv-node1";

    /** Challenges that a test can compute with: the bytes 00, 01, 02 and so on, after the identifier 7. */
    static final RandomGenerator SCRIPTED = new RandomGenerator() {
        @Override
        public long nextLong() {
            return 7;
        }

        @Override
        public int nextInt(int bound) {
            return 7;
        }

        @Override
        public void nextBytes(byte[] bytes) {
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] = (byte) i;
            }
        }
    };

    final List<LoginIdentity> asked = new ArrayList<>();
    AccessDecision decision = new AccessDecision.Granted(1, null);
    boolean hasSession;
    boolean hasConnection;

    List<ChapAlgorithm> algorithms = LoginSecurity.DEFAULT.algorithms();

    private final LoginStateMachine login;
    private final ByteBuf pdu = Unpooled.buffer();
    private final LoginRequestPdu header = new LoginRequestPdu();

    long isid = 0x4000_0137_0000L;
    int tsih;
    int cid = 1;
    int initiatorTaskTag = 1;
    int versionMin;

    TestInitiator() {
        this(Limits.DEFAULTS);
    }

    TestInitiator(Limits limits) {
        this(TargetParameters.of(limits), limits);
    }

    TestInitiator(TargetParameters own, Limits limits) {
        this(own, SCRIPTED, limits);
    }

    TestInitiator(RandomGenerator random) {
        this(TargetParameters.of(Limits.DEFAULTS), random, Limits.DEFAULTS);
    }

    private TestInitiator(TargetParameters own, RandomGenerator random, Limits limits) {
        login = new LoginStateMachine(this, own, random, limits);
    }

    @Override
    public AccessDecision decide(LoginIdentity identity) {
        asked.add(identity);
        return decision;
    }

    @Override
    public List<ChapAlgorithm> algorithms() {
        return algorithms;
    }

    /** Goes on with the request that was parked. */
    LoginResult resume() {
        return login.resume(header);
    }

    @Override
    public boolean hasSession(LoginIdentity identity, int tsih) {
        return hasSession;
    }

    @Override
    public boolean hasConnection(LoginIdentity identity, int ofTsih, int ofCid) {
        return hasConnection;
    }

    /** Sends a whole PDU: 48 bytes of header as hex, then the pairs with their NULs and the padding. */
    LoginResult sendBytes(String headerHex, String... pairs) {
        byte[] text = text(pairs);
        pdu.clear()
                .writeBytes(HexFormat.of().parseHex(headerHex.replace(" ", "")))
                .writeBytes(text);
        assertEquals(text.length, header.wrap(pdu, 0).dataSegmentLength(), "DataSegmentLength of the script");
        pdu.writeZero(PduHeader.paddedLength(text.length) - text.length);
        return login.onRequest(header, pdu, PduHeader.SIZE_BYTES, text.length);
    }

    /** Sends a request of this stage; {@code next} is a stage or {@link #NO_TRANSIT}. */
    LoginResult send(int current, int next, String... pairs) {
        return send(current, next, false, text(pairs));
    }

    LoginResult send(int current, int next, boolean continues, byte[] text) {
        pdu.clear().writeZero(PduHeader.SIZE_BYTES).writeBytes(text);
        header.wrap(pdu, 0)
                .begin()
                .transitBit(next >= 0)
                .continueBit(continues)
                .currentStage(current)
                .nextStage(Math.max(next, 0))
                .versionMin(versionMin)
                .dataSegmentLength(text.length)
                .isid(isid)
                .tsih(tsih)
                .cid(cid)
                .initiatorTaskTag(initiatorTaskTag);
        return login.onRequest(header, pdu, PduHeader.SIZE_BYTES, text.length);
    }

    /** Logs in with these operational offers in one request, and gives what was agreed. */
    Complete operational(String... pairs) {
        answer(send(SECURITY, OPERATIONAL, NAME, TARGET));
        return complete(send(OPERATIONAL, FULL_FEATURE, pairs));
    }

    static byte[] text(String... pairs) {
        StringBuilder text = new StringBuilder();
        for (String pair : pairs) {
            text.append(pair).append('\0');
        }
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    static Answer answer(LoginResult result) {
        return assertInstanceOf(Answer.class, result, result::toString);
    }

    static Complete complete(LoginResult result) {
        return assertInstanceOf(Complete.class, result, result::toString);
    }

    static void assertRefused(LoginStatus status, LoginResult result) {
        assertEquals(
                status,
                assertInstanceOf(Refused.class, result, result::toString).status());
    }

    /** The text with a bar for each NUL, so that a missing or doubled one shows. */
    static String shown(TextSegment text) {
        return new String(text.toBytes(), StandardCharsets.UTF_8).replace('\0', '|');
    }

    static void assertAnswer(LoginResult result, int current, int next, String... pairs) {
        Answer answer = answer(result);
        assertEquals(shown(text(pairs)), shown(answer.text()));
        assertEquals(current, answer.currentStage());
        assertEquals(next >= 0, answer.transit());
        assertEquals(Math.max(next, 0), answer.nextStage());
        assertEquals(false, answer.continues());
    }

    private static String shown(byte[] text) {
        return new String(text, StandardCharsets.UTF_8).replace('\0', '|');
    }
}
