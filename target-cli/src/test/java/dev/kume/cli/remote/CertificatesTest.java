package dev.kume.cli.remote;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.core.Clock;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.SplittableRandom;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Certificates that the daemon makes, and those that it is given. */
@DisabledOnOs(OS.WINDOWS)
final class CertificatesTest {
    private static final InetSocketAddress LISTEN = new InetSocketAddress(InetAddress.ofLiteral("192.0.2.5"), 3261);
    private static final InetSocketAddress ALL = new InetSocketAddress(InetAddress.ofLiteral("0.0.0.0"), 3261);

    @TempDir
    Path folder;

    private Instant now = Instant.now();
    private final List<InetAddress> addresses = new ArrayList<>(List.of(
            InetAddress.ofLiteral("127.0.0.1"), InetAddress.ofLiteral("fd00::5"), InetAddress.ofLiteral("fe80::1")));

    private OwnIdentity own() {
        Clock clock = new Clock() {
            @Override
            public long nanoTime() {
                return 0;
            }

            @Override
            public Instant now() {
                return now;
            }
        };
        return new OwnIdentity(folder, "store1", () -> addresses, this::write, clock, new SplittableRandom(3));
    }

    private void write(Path file, byte[] content) throws IOException {
        Files.write(file, content);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    }

    private Path write(String name, String text) throws IOException {
        Path file = folder.resolve(name);
        write(file, text.getBytes(StandardCharsets.US_ASCII));
        return file;
    }

    // ---- its own ----------------------------------------------------------------------------------------------------

    @Test
    void isBelievedByWhoTakesItAsAuthorityForItsNamesAndAddresses() throws Exception {
        X509Certificate made = own().forAddress(ALL).certificate();
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        store.setCertificateEntry("server", made);
        TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
        factory.init(store);
        ((X509TrustManager) factory.getTrustManagers()[0])
                .checkServerTrusted(new X509Certificate[] {made}, "ECDHE_ECDSA");
        assertEquals(-1, made.getBasicConstraints(), "no authority over others");
        assertEquals(
                List.of("store1", "localhost", "127.0.0.1", "fd00:0:0:0:0:0:0:5"),
                made.getSubjectAlternativeNames().stream()
                        .map(each -> each.get(1))
                        .toList());
        assertEquals(List.of("1.3.6.1.5.5.7.3.1"), made.getExtendedKeyUsage());
    }

    @Test
    void staysWhatItIsWhileItIsGood() throws Exception {
        ServerIdentity first = own().forAddress(LISTEN);
        now = now.plus(Duration.ofDays(600));
        assertEquals(first.certificate(), own().forAddress(LISTEN).certificate());
        assertEquals("rwx------", mode("tls"));
        assertEquals("rw-------", mode("tls/server.key"));
    }

    private String mode(String path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve(path)));
    }

    @Test
    void isRenewedBeforeItsEndWithTheSameKey() throws Exception {
        ServerIdentity first = own().forAddress(LISTEN);
        now = now.plus(Duration.ofDays(680));
        ServerIdentity second = own().forAddress(LISTEN);
        assertNotEquals(first.certificate(), second.certificate());
        assertEquals(first.fingerprint(), second.fingerprint());
        assertTrue(
                second.expires().isAfter(now.plus(Duration.ofDays(700))),
                second.expires().toString());
        now = now.plus(Duration.ofDays(2_000));
        assertEquals(first.fingerprint(), own().forAddress(LISTEN).fingerprint(), "long after its end, too");
    }

    @Test
    void oneOfATimeToComeIsRenewedWhenTheClockIsRightAgain() throws Exception {
        Instant right = now;
        now = now.plus(Duration.ofDays(3_650));
        ServerIdentity first = own().forAddress(LISTEN);
        now = right;
        ServerIdentity second = own().forAddress(LISTEN);
        second.certificate().checkValidity(Date.from(now));
        assertEquals(first.fingerprint(), second.fingerprint());
    }

    @Test
    void aNewAddressIsTakenInWithTheSameKey() throws Exception {
        ServerIdentity first = own().forAddress(ALL);
        addresses.add(InetAddress.ofLiteral("192.0.2.9"));
        ServerIdentity second = own().forAddress(ALL);
        assertEquals(first.fingerprint(), second.fingerprint());
        assertTrue(second.certificate().getSubjectAlternativeNames().toString().contains("192.0.2.9"));
        addresses.remove(2);
        assertEquals(second.certificate(), own().forAddress(ALL).certificate(), "one that is gone is no reason");
    }

    @Test
    void aCrashBetweenKeyAndCertificateLeavesNothingInTheWay() throws Exception {
        own().forAddress(LISTEN);
        Files.delete(folder.resolve("tls/server.pem"));
        assertTrue(own().forAddress(LISTEN).fingerprint().startsWith("sha256//"));
    }

    @Test
    void aKeyThatIsGoneIsNotReplacedInSilence() throws Exception {
        own().forAddress(LISTEN);
        Files.delete(folder.resolve("tls/server.key"));
        RemoteException refused = assertThrows(RemoteException.class, () -> own().forAddress(LISTEN));
        assertTrue(refused.getMessage().contains("there is no file"), refused.getMessage());
        assertTrue(refused.remedy().contains("fingerprint"), refused.remedy());
    }

    @Test
    void certificatesAfterTheYear2049AreWellFormed() throws Exception {
        KeyPair key = SelfSigned.makeKey();
        Instant late = Instant.parse("2049-06-01T00:00:00Z");
        X509Certificate made = SelfSigned.make(key, List.of("s"), List.of(), late, new SplittableRandom(1));
        assertEquals(late.minusSeconds(3_600), made.getNotBefore().toInstant());
        assertEquals(
                late.minusSeconds(3_600).plus(SelfSigned.LIFE),
                made.getNotAfter().toInstant());
    }

    // ---- given ------------------------------------------------------------------------------------------------------

    private Path certificate(KeyPair key, String name) throws Exception {
        X509Certificate made = SelfSigned.make(key, List.of("store1"), List.of(), now, new SplittableRandom(1));
        return write(name, Pem.write(Pem.CERTIFICATE, made.getEncoded()));
    }

    private Path key(KeyPair key, String name) throws Exception {
        return write(name, Pem.write(Pem.PRIVATE_KEY, key.getPrivate().getEncoded()));
    }

    private String refused(Path certificate, Path key) {
        RemoteException refused = assertThrows(RemoteException.class, () -> IdentityFiles.read(certificate, key, now));
        return refused.getMessage() + "; " + refused.remedy();
    }

    @Test
    void aChainIsTakenInItsOrder() throws Exception {
        KeyPair key = SelfSigned.makeKey();
        Path leaf = certificate(key, "leaf.pem");
        Path other = certificate(SelfSigned.makeKey(), "other.pem");
        Path chain = write("chain.pem", Files.readString(leaf) + Files.readString(other));
        ServerIdentity identity = IdentityFiles.read(chain, key(key, "key.pem"), now);
        assertEquals(2, identity.chain().size());
        assertEquals(key.getPublic(), identity.certificate().getPublicKey());
    }

    @Test
    void theKeyOfAnotherIsRefused() throws Exception {
        Path certificate = certificate(SelfSigned.makeKey(), "server.pem");
        String line = refused(certificate, key(SelfSigned.makeKey(), "key.pem"));
        assertTrue(line.contains("is not the one of the certificate"), line);
    }

    @Test
    void aKeyThatStrangersMayReadIsRefusedAndOneOfTheGroupIsNot() throws Exception {
        KeyPair pair = SelfSigned.makeKey();
        Path certificate = certificate(pair, "server.pem");
        Path key = key(pair, "key.pem");
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-r--r--"));
        assertTrue(refused(certificate, key).contains("mode 0644"));
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-r-----"));
        assertEquals(1, IdentityFiles.read(certificate, key, now).chain().size());
    }

    @Test
    void aCertificateOutsideOfItsTimeIsRefused() throws Exception {
        KeyPair pair = SelfSigned.makeKey();
        Path certificate = certificate(pair, "server.pem");
        Path key = key(pair, "key.pem");
        now = now.plus(Duration.ofDays(731));
        assertTrue(refused(certificate, key).contains("expired at"));
        now = now.minus(Duration.ofDays(741));
        assertTrue(refused(certificate, key).contains("is not valid before"));
    }

    @Test
    void otherFilesAreRefusedWithTheRemedy() throws Exception {
        KeyPair pair = SelfSigned.makeKey();
        Path certificate = certificate(pair, "server.pem");
        Path key = key(pair, "key.pem");
        Path missing = folder.resolve("missing.pem");
        assertTrue(refused(missing, key).contains("there is no file " + missing));
        assertTrue(refused(certificate, missing).contains("there is no file " + missing));
        assertTrue(refused(key, certificate).contains("holds no certificate but 'PRIVATE KEY'"));
        assertTrue(refused(write("empty", ""), key).contains("no PEM at all"));
        assertTrue(refused(write("cut", Files.readString(certificate).substring(0, 200)), key)
                .contains("is damaged"));
        String old = Files.readString(key).replace("PRIVATE KEY", "EC PRIVATE KEY");
        assertTrue(refused(certificate, write("old.pem", old)).contains("openssl pkcs8 -topk8"));
        String broken = Pem.write(Pem.PRIVATE_KEY, new byte[] {1, 2, 3});
        assertTrue(refused(certificate, write("broken.pem", broken)).contains("damaged one"));
    }
}
