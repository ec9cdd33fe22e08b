package dev.kume.protocol.simulation;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** The other end of a fuzzed connection: logs in when told to, answers R2Ts, most often rightly, and notes the rest. */
final class FuzzPeer implements Wire.Peer {
    private static final int RIGHT_ONE_IN = 4;

    final Wire wire;
    boolean closed;
    private final World world;
    private final Mutator mutator;
    private final Map<String, Long> outcomes;
    private final Bytes in = new Bytes();
    private final boolean wantsDigests;
    private boolean digests;
    private boolean loggedIn;
    private boolean garbled;
    private int cmdSn = 1;
    private int expStatSn;

    FuzzPeer(World world, Mutator mutator, Map<String, Long> outcomes) {
        this.world = world;
        this.mutator = mutator;
        this.outcomes = outcomes;
        wantsDigests = world.oneIn(3);
        wire = new Wire(world, this);
    }

    void logIn(String name, String target) {
        String digest = wantsDigests ? "CRC32C" : "None";
        Pdu pdu = Pdu.of(Pdu.LOGIN | Pdu.IMMEDIATE, 0x87)
                .withText(
                        "InitiatorName=" + name,
                        "TargetName=" + target,
                        "HeaderDigest=" + digest,
                        "DataDigest=" + digest,
                        "InitialR2T=No",
                        "MaxRecvDataSegmentLength=8192");
        pdu.word(8, 0x40000137).word(12, world.random.nextInt(4) << 16).word(16, 1);
        wire.send(pdu.word(24, cmdSn).bytes(false, false));
    }

    /** Lets the unit attentions of a new nexus go by: they would hide what comes behind them. */
    void clearAttentions() {
        for (int i = 0; loggedIn && i < 3; i++) {
            Pdu testUnitReady = Pdu.of(Pdu.SCSI_COMMAND, 0x81).word(16, 0x7000 + i);
            wire.send(bytes(List.of(testUnitReady.word(24, cmdSn++).word(28, expStatSn))));
        }
    }

    /** Gives most of the PDUs the numbers that the session is at. */
    List<Pdu> number(List<Pdu> pdus) {
        for (Pdu pdu : pdus) {
            if (loggedIn && !world.oneIn(RIGHT_ONE_IN * 4)) {
                pdu.word(28, expStatSn);
                if (pdu.opcode() != Pdu.DATA_OUT) {
                    pdu.word(24, cmdSn);
                    if ((pdu.octet(0) & Pdu.IMMEDIATE) == 0) {
                        cmdSn++;
                    }
                }
            }
        }
        return pdus;
    }

    private byte[] bytes(List<Pdu> pdus) {
        return bytes(pdus, false);
    }

    /** @param spoils some digests are wrong, and the end may be missing */
    byte[] bytes(List<Pdu> pdus, boolean spoils) {
        Bytes all = new Bytes();
        for (Pdu pdu : pdus) {
            byte[] bytes = pdu.bytes(digests, digests);
            if (spoils && digests && world.oneIn(20)) {
                bytes[world.random.nextInt(bytes.length)] ^= (byte) (1 << world.random.nextInt(8));
            }
            all.add(bytes, 0, bytes.length);
        }
        int size = spoils && world.oneIn(10) ? world.random.nextInt(all.size() + 1) : all.size();
        return all.take(size);
    }

    @Override
    public void onBytes(byte[] bytes) {
        in.add(bytes, 0, bytes.length);
        while (!garbled && in.size() >= 48) {
            int length = in.at(5) << 16 | in.at(6) << 8 | in.at(7);
            int start = 48 + (digests ? 4 : 0);
            int size = start + (length + 3 & ~3) + (digests && length > 0 ? 4 : 0);
            if (in.size() < size) {
                return;
            }
            byte[] all = in.take(size);
            onPdu(new Pdu(ByteBuffer.wrap(Arrays.copyOf(all, 48)), Arrays.copyOfRange(all, start, start + length)));
        }
    }

    private void onPdu(Pdu pdu) {
        String detail = switch (pdu.opcode()) {
            case Pdu.LOGIN_RESPONSE ->
                "login status %04x".formatted(pdu.header().getShort(36));
            case Pdu.SCSI_RESPONSE -> "SCSI status %02x %s".formatted(pdu.octet(3), pdu.sense());
            case Pdu.REJECT, Pdu.TASK_MANAGEMENT_RESPONSE, Pdu.LOGOUT_RESPONSE ->
                "%02x reason %d".formatted(pdu.opcode(), pdu.octet(2));
            default -> "%02x flags %02x".formatted(pdu.opcode(), pdu.octet(1));
        };
        outcomes.merge(detail, 1L, Long::sum);
        world.check(pdu.opcode() >= 0x20, "the target sends a request of an initiator, or garbage: " + pdu);
        if (pdu.takesStatSn()) {
            expStatSn = pdu.word(24) + 1;
        }
        if (pdu.opcode() == Pdu.LOGIN_RESPONSE && pdu.header().getShort(36) == 0 && (pdu.octet(1) & 0x83) == 0x83) {
            loggedIn = true;
            String text = new String(pdu.data(), java.nio.charset.StandardCharsets.UTF_8);
            boolean header = text.contains("HeaderDigest=CRC32C");
            // A mutated login may get one digest alone: what comes then is not looked at.
            garbled = header != text.contains("DataDigest=CRC32C");
            digests = header;
        } else if (pdu.opcode() == Pdu.R2T) {
            answer(pdu);
        }
    }

    private void answer(Pdu r2t) {
        int bytes = Math.min(r2t.word(44), 262_144);
        world.check(bytes > 0, "R2T for nothing");
        int at = 0;
        for (int dataSn = 0; at < bytes; dataSn++) {
            int length = Math.min(bytes - at, 8192);
            Pdu pdu = Pdu.of(Pdu.DATA_OUT, at + length == bytes ? Pdu.FINAL : 0).with(new byte[length]);
            pdu.word(16, r2t.itt()).word(20, r2t.word(20)).word(36, dataSn).word(40, r2t.word(40) + at);
            pdu.header().putLong(8, r2t.header().getLong(8));
            if (world.oneIn(RIGHT_ONE_IN)) {
                mutator.field(pdu);
            }
            wire.send(bytes(List.of(pdu)));
            at += length;
        }
    }

    @Override
    public void onClosed() {
        closed = true;
    }
}
