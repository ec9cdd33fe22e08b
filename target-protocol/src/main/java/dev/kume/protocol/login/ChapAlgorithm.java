package dev.kume.protocol.login;

/** The digests of CHAP, by the numbers of CHAP_A (RFC 7143 12.1.3, IANA "PPP Authentication Algorithms"). */
public enum ChapAlgorithm {
    MD5(5, "MD5", 16),
    SHA_256(7, "SHA-256", 32),
    SHA3_256(8, "SHA3-256", 32);

    private final int number;
    private final String digestName;
    private final int responseBytes;

    ChapAlgorithm(int number, String digestName, int responseBytes) {
        this.number = number;
        this.digestName = digestName;
        this.responseBytes = responseBytes;
    }

    /** The number in CHAP_A. */
    public int number() {
        return number;
    }

    /** The name by which Java and people know it. */
    public String digestName() {
        return digestName;
    }

    /** The length of CHAP_R. */
    public int responseBytes() {
        return responseBytes;
    }
}
