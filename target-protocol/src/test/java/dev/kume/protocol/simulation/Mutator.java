package dev.kume.protocol.simulation;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;

/** Makes of PDUs that mean something such that nobody meant: fields, lengths, text, order. Under a seed. */
final class Mutator {
    /** Where the header has fields, and how long they are. */
    private static final int[][] FIELDS = {
        {0, 1}, {1, 1}, {2, 1}, {3, 1}, {4, 1}, {8, 8}, {8, 2}, {14, 2}, {16, 4}, {20, 4}, {24, 4}, {28, 4}, {32, 4},
        {36, 4}, {40, 4}, {44, 4}, {32, 1}, {33, 1}, {34, 4}, {39, 2}
    };

    private static final long[] VALUES = {0, 1, 2, 3, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x7FFF_FFFFL, -1, -2};

    private static final String[] WORDS = {
        "InitiatorName=",
        "TargetName=",
        "SessionType=Discovery",
        "SessionType=",
        "AuthMethod=CHAP",
        "AuthMethod=None",
        "CHAP_A=5",
        "CHAP_A=",
        "CHAP_N=a",
        "CHAP_R=0x",
        "CHAP_R=0b====",
        "CHAP_I=256",
        "CHAP_C=0xZZ",
        "HeaderDigest=CRC32C",
        "DataDigest=,,",
        "MaxConnections=0",
        "MaxConnections=65536",
        "InitialR2T=Maybe",
        "MaxBurstLength=511",
        "MaxBurstLength=16777216",
        "FirstBurstLength=0x200",
        "MaxRecvDataSegmentLength=0",
        "MaxOutstandingR2T=99999999999",
        "ErrorRecoveryLevel=2",
        "DefaultTime2Wait=-1",
        "SendTargets=All",
        "SendTargets=",
        "SendTargets=iqn.x",
        "X-a=b",
        "=",
        "==",
        "a",
        "TargetAlias=\u00fc",
        "InitiatorAlias=",
        "OFMarkInt=1~65535",
        "IFMarker=Yes",
        "TaskReporting=FastAbort",
        "iSCSIProtocolLevel=2",
        "NoSuchKey=1",
        "TargetPortalGroupTag=1",
        "Reject=Irrelevant"
    };

    private final RandomGenerator random;

    Mutator(RandomGenerator random) {
        this.random = random;
    }

    /** Changes some of the PDUs, in place or not. */
    List<Pdu> mutate(List<Pdu> original, List<Corpus.Input> others) {
        List<Pdu> pdus = new ArrayList<>(original);
        for (int left = random.nextInt(5); left > 0; left--) {
            int at = random.nextInt(pdus.size());
            switch (random.nextInt(9)) {
                case 0 -> pdus.add(at, copy(pdus.get(at)));
                case 1 -> pdus.add(random.nextInt(pdus.size()), pdus.remove(at));
                case 2 -> {
                    List<Pdu> from = others.get(random.nextInt(others.size())).pdus();
                    pdus.add(at, copy(from.get(random.nextInt(from.size()))));
                }
                case 3 -> pdus.set(at, withData(pdus.get(at), text(pdus.get(at).data())));
                case 4 -> pdus.set(at, withData(pdus.get(at), noise(pdus.get(at).data())));
                default -> field(pdus.get(at));
            }
        }
        return pdus;
    }

    static Pdu copy(Pdu pdu) {
        Pdu copy = Pdu.of(0, 0).with(pdu.data());
        copy.header().put(0, pdu.header().array());
        return copy;
    }

    private static Pdu withData(Pdu pdu, byte[] data) {
        int lengths = pdu.word(4);
        Pdu changed = pdu.with(data);
        changed.word(4, lengths & 0xFF000000 | data.length);
        return changed;
    }

    void field(Pdu pdu) {
        int[] field = FIELDS[random.nextInt(FIELDS.length)];
        long value = switch (random.nextInt(3)) {
            case 0 -> VALUES[random.nextInt(VALUES.length)];
            case 1 -> random.nextLong();
            default -> pdu.octet(field[0] + field[1] - 1) + random.nextInt(3) - 1;
        };
        if (random.nextInt(12) == 0) {
            // The length says something else than what follows.
            pdu.word(4, random.nextBoolean() ? random.nextInt(70_000) : random.nextInt());
            return;
        }
        for (int i = field[1] - 1; i >= 0; i--) {
            pdu.header().put(field[0] + i, (byte) value);
            value >>= 8;
        }
    }

    private byte[] text(byte[] data) {
        List<String> pairs = new ArrayList<>(Arrays.asList(new String(data, StandardCharsets.ISO_8859_1).split("\0")));
        if (pairs.isEmpty()) {
            pairs.add("");
        }
        for (int left = 1 + random.nextInt(4); left > 0; left--) {
            String word = WORDS[random.nextInt(WORDS.length)];
            int at = random.nextInt(pairs.size());
            switch (random.nextInt(6)) {
                case 0 -> pairs.set(at, word);
                case 1 -> pairs.add(at, pairs.get(at));
                case 2 -> pairs.set(at, pairs.get(at) + "x".repeat(random.nextInt(600)));
                case 3 -> pairs.set(at, pairs.get(at).replaceFirst("=.*", "=" + random.nextLong()));
                case 4 -> {
                    for (int i = random.nextInt(300); i > 0; i--) {
                        pairs.add(word);
                    }
                }
                default -> pairs.add(at, word);
            }
        }
        String joined = String.join("\0", pairs) + (random.nextInt(5) == 0 ? "" : "\0");
        byte[] bytes = joined.getBytes(StandardCharsets.UTF_8);
        return bytes.length > 8192 && random.nextInt(10) != 0 ? Arrays.copyOf(bytes, 8192) : bytes;
    }

    private byte[] noise(byte[] data) {
        byte[] changed = Arrays.copyOf(data, random.nextInt(4) == 0 ? random.nextInt(9000) : data.length);
        for (int left = Math.min(changed.length, 1 + random.nextInt(8)); left > 0; left--) {
            changed[random.nextInt(changed.length)] = (byte) random.nextInt();
        }
        return changed;
    }
}
