package dev.kume.cli.remote;

import java.io.ByteArrayInputStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Makes a certificate that signs itself (RFC 5280): for one server, by the names and addresses in it, and no authority
 * over others. The JDK reads certificates and has no public way to make one.
 */
final class SelfSigned {
    /** Two years: what clients of all makes take. */
    static final Duration LIFE = Duration.ofDays(730);

    private static final String ECDSA_WITH_SHA256 = "1.2.840.10045.4.3.2";
    private static final String COMMON_NAME = "2.5.4.3";
    private static final String BASIC_CONSTRAINTS = "2.5.29.19";
    private static final String KEY_USAGE = "2.5.29.15";
    private static final String EXTENDED_KEY_USAGE = "2.5.29.37";
    private static final String SUBJECT_ALTERNATIVE_NAME = "2.5.29.17";
    private static final String SERVER_AUTHENTICATION = "1.3.6.1.5.5.7.3.1";
    private static final int SERIAL_BYTES = 16;
    private static final int NAME_MAX = 64;
    private static final int DNS_NAME = 0x82;
    private static final int IP_ADDRESS = 0x87;

    private SelfSigned() {}

    /** A new key: NIST P-256, which every client has. */
    static KeyPair makeKey() throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        return generator.generateKeyPair();
    }

    /** A certificate of a P-256 key, valid from an hour ago, since clocks of clients are not exact. */
    static X509Certificate make(
            KeyPair key, List<String> names, List<InetAddress> addresses, Instant now, RandomGenerator random)
            throws GeneralSecurityException {
        byte[] algorithm = Der.sequence(Der.objectIdentifier(ECDSA_WITH_SHA256));
        byte[] name = name(names.getFirst());
        Instant begin = now.minus(1, ChronoUnit.HOURS).truncatedTo(ChronoUnit.SECONDS);
        byte[] body = Der.sequence(
                Der.value(0xA0, Der.integer(new byte[] {2})), // Version 3.
                Der.integer(serial(random)),
                algorithm,
                name,
                Der.sequence(Der.time(begin), Der.time(begin.plus(LIFE))),
                name,
                key.getPublic().getEncoded(),
                Der.value(0xA3, extensions(names, addresses)));
        Signature signature = Signature.getInstance("SHA256withECDSA");
        signature.initSign(key.getPrivate());
        signature.update(body);
        byte[] whole = Der.sequence(body, algorithm, Der.bits(signature.sign(), 0));
        X509Certificate made = (X509Certificate)
                CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(whole));
        made.verify(key.getPublic());
        return made;
    }

    /** Positive, and never the same twice. */
    private static byte[] serial(RandomGenerator random) {
        byte[] serial = new byte[SERIAL_BYTES];
        random.nextBytes(serial);
        serial[0] = (byte) ((serial[0] & 0x3F) | 0x40);
        return serial;
    }

    private static byte[] name(String host) {
        String common = host.length() > NAME_MAX ? host.substring(0, NAME_MAX) : host;
        return Der.sequence(Der.set(Der.sequence(Der.objectIdentifier(COMMON_NAME), Der.text(common))));
    }

    private static byte[] extensions(List<String> names, List<InetAddress> addresses) {
        List<byte[]> alternatives = new ArrayList<>();
        names.forEach(name -> alternatives.add(Der.value(DNS_NAME, name.getBytes(StandardCharsets.US_ASCII))));
        addresses.forEach(address -> alternatives.add(Der.value(IP_ADDRESS, address.getAddress())));
        byte[] digitalSignature = Der.bits(new byte[] {(byte) 0x80}, 7);
        return Der.sequence(
                extension(BASIC_CONSTRAINTS, true, Der.sequence()),
                extension(KEY_USAGE, true, digitalSignature),
                extension(EXTENDED_KEY_USAGE, false, Der.sequence(Der.objectIdentifier(SERVER_AUTHENTICATION))),
                extension(SUBJECT_ALTERNATIVE_NAME, false, Der.sequence(alternatives.toArray(byte[][]::new))));
    }

    private static byte[] extension(String identifier, boolean critical, byte[] value) {
        byte[] type = Der.objectIdentifier(identifier);
        return critical ? Der.sequence(type, Der.truth(), Der.octets(value)) : Der.sequence(type, Der.octets(value));
    }
}
