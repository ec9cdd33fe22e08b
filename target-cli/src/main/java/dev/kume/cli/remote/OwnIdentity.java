package dev.kume.cli.remote;

import dev.kume.cli.access.PrivateWriter;
import dev.kume.cli.log.ServiceEvent;
import dev.kume.core.Clock;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The certificate that the daemon makes for itself, in {@code tls/} of the state directory. A new certificate, made
 * when the old one is near its end or lacks a name or address of the host, keeps the key, so that the fingerprint which
 * clients have pinned stays. One thread at a time.
 */
final class OwnIdentity {
    /** How long before its end a certificate is renewed. */
    static final Duration RENEWED_BEFORE = Duration.ofDays(60);

    private static final Logger LOG = LoggerFactory.getLogger(OwnIdentity.class);

    private final Path directory;
    private final String hostName;
    private final Supplier<? extends Collection<InetAddress>> hostAddresses;
    private final PrivateWriter writer;
    private final Clock clock;
    private final RandomGenerator random;

    OwnIdentity(
            Path stateDirectory,
            String hostName,
            Supplier<? extends Collection<InetAddress>> hostAddresses,
            PrivateWriter writer,
            Clock clock,
            RandomGenerator random) {
        this.directory = stateDirectory.resolve("tls");
        this.hostName = hostName;
        this.hostAddresses = hostAddresses;
        this.writer = writer;
        this.clock = clock;
        this.random = random;
    }

    /** Near its end; or of a time to come, since it was made while the clock was wrong: no client would take it. */
    static boolean isDue(ServerIdentity identity, Instant now) {
        return now.plus(RENEWED_BEFORE).isAfter(identity.expires())
                || now.isBefore(identity.certificate().getNotBefore().toInstant());
    }

    /** Where clients can be given the certificate from. */
    Path certificateFile() {
        return directory.resolve("server.pem");
    }

    private Path keyFile() {
        return directory.resolve("server.key");
    }

    /** The identity for an address to listen on: what is there, renewed when it must be, or a new one. */
    ServerIdentity forAddress(InetSocketAddress listen) throws RemoteException {
        List<String> names = hostName.equals("localhost") ? List.of(hostName) : List.of(hostName, "localhost");
        List<InetAddress> addresses = addresses(listen.getAddress());
        try {
            // The key is written first, so that a crash between the two leaves nothing that was ever used.
            if (!Files.exists(certificateFile())) {
                KeyPair key = SelfSigned.makeKey();
                makeDirectory();
                writer.write(
                        keyFile(),
                        Pem.write(Pem.PRIVATE_KEY, key.getPrivate().getEncoded())
                                .getBytes(StandardCharsets.US_ASCII));
                return renew(key, names, addresses, "made");
            }
            ServerIdentity identity = stored();
            X509Certificate certificate = identity.certificate();
            Instant now = clock.now();
            if (!isDue(identity, now) && alternatives(certificate).containsAll(texts(names, addresses))) {
                return identity;
            }
            return renew(new KeyPair(certificate.getPublicKey(), identity.key()), names, addresses, "renewed");
        } catch (IOException e) {
            throw new RemoteException(
                    "the certificate of the management API cannot be kept in %s: %s"
                            .formatted(directory, e.getMessage()),
                    "look after that file system; it is tried again");
        } catch (GeneralSecurityException e) {
            throw new RemoteException(
                    "no certificate can be made for the management API: %s".formatted(e.getMessage()),
                    "give one in admin.remote");
        }
    }

    private void makeDirectory() throws IOException {
        if (!Files.isDirectory(directory)) {
            boolean posix =
                    directory.getFileSystem().supportedFileAttributeViews().contains("posix");
            FileAttribute<?>[] mode = posix
                    ? new FileAttribute<?>[] {
                        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"))
                    }
                    : new FileAttribute<?>[0];
            Files.createDirectory(directory, mode);
        }
    }

    /** What is stored, even if it has expired: then the key is still good for a new certificate. */
    private ServerIdentity stored() throws RemoteException {
        try {
            return IdentityFiles.readAtAnyTime(certificateFile(), keyFile());
        } catch (RemoteException e) {
            throw new RemoteException(
                    String.valueOf(e.getMessage()),
                    "mend it, or remove %s, restart, and give clients the new fingerprint".formatted(directory));
        }
    }

    private ServerIdentity renew(KeyPair key, List<String> names, List<InetAddress> addresses, String verb)
            throws GeneralSecurityException, IOException {
        X509Certificate made = SelfSigned.make(key, names, addresses, clock.now(), random);
        writer.write(
                certificateFile(), Pem.write(Pem.CERTIFICATE, made.getEncoded()).getBytes(StandardCharsets.US_ASCII));
        ServerIdentity identity = new ServerIdentity(List.of(made), key.getPrivate());
        ServiceEvent.CERTIFICATE_MADE.log(
                LOG, verb, String.join(", ", texts(names, addresses)), identity.expires(), identity.fingerprint());
        return identity;
    }

    private List<InetAddress> addresses(InetAddress listen) {
        if (!listen.isAnyLocalAddress()) {
            return List.of(listen);
        }
        List<InetAddress> addresses = new ArrayList<>();
        for (InetAddress address : hostAddresses.get()) {
            if (!address.isLinkLocalAddress()) {
                addresses.add(address);
            }
        }
        return addresses;
    }

    private static List<String> texts(List<String> names, List<InetAddress> addresses) {
        List<String> texts = new ArrayList<>(names);
        addresses.forEach(address -> texts.add(withoutZone(address.getHostAddress())));
        return texts;
    }

    private static Set<String> alternatives(X509Certificate certificate) {
        Set<String> found = new HashSet<>();
        try {
            Collection<List<?>> all = certificate.getSubjectAlternativeNames();
            if (all != null) {
                all.forEach(each -> found.add(String.valueOf(each.get(1))));
            }
        } catch (CertificateParsingException unreadable) {
            return Set.of(); // A new one is made.
        }
        return found;
    }

    private static String withoutZone(String address) {
        int zone = address.indexOf('%');
        return zone < 0 ? address : address.substring(0, zone);
    }
}
