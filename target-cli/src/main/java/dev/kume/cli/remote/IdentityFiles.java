package dev.kume.cli.remote;

import dev.kume.cli.access.OwnerOnly;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Instant;
import java.util.List;
import java.util.Objects;

/** Reads a certificate and its key from PEM files, and trusts neither before they fit. */
final class IdentityFiles {
    private static final long BYTES_MAX = 1 << 20;

    private IdentityFiles() {}

    /** What the two files have; refuses what would not serve clients, or what others can read or change. */
    static ServerIdentity read(Path certificate, Path key, Instant now) throws RemoteException {
        ServerIdentity identity = readAtAnyTime(certificate, key);
        X509Certificate first = identity.certificate();
        if (now.isAfter(first.getNotAfter().toInstant())) {
            throw new RemoteException(
                    "the certificate in %s expired at %s"
                            .formatted(certificate, first.getNotAfter().toInstant()),
                    "put a new one there and run 'kume service reload'");
        }
        if (now.isBefore(first.getNotBefore().toInstant())) {
            throw new RemoteException(
                    "the certificate in %s is not valid before %s"
                            .formatted(certificate, first.getNotBefore().toInstant()),
                    "set the clock of this host, or put another certificate there");
        }
        return identity;
    }

    /** As {@link #read}, also when the certificate has expired. */
    static ServerIdentity readAtAnyTime(Path certificate, Path key) throws RemoteException {
        List<X509Certificate> chain = certificates(certificate);
        PublicKey publicKey = chain.getFirst().getPublicKey();
        PrivateKey secret = key(key, publicKey.getAlgorithm());
        if (!fit(publicKey, secret)) {
            throw new RemoteException(
                    "the key in %s is not the one of the certificate in %s".formatted(key, certificate),
                    "give the key that this certificate was made for, and put the server's certificate first");
        }
        return new ServerIdentity(chain, secret);
    }

    private static List<X509Certificate> certificates(Path file) throws RemoteException {
        String text = text(file, "certificate");
        String label = Pem.firstLabel(text);
        if (!Pem.CERTIFICATE.equals(label)) {
            throw new RemoteException(
                    "%s holds no certificate but %s"
                            .formatted(file, label == null ? "no PEM at all" : "'" + label + "'"),
                    "admin.remote.certificate is a PEM file: the server's certificate, then those that sign it");
        }
        try {
            return CertificateFactory.getInstance("X.509")
                    .generateCertificates(new ByteArrayInputStream(text.getBytes(StandardCharsets.US_ASCII)))
                    .stream()
                    .map(X509Certificate.class::cast)
                    .toList();
        } catch (CertificateException e) {
            throw new RemoteException(
                    "the certificate in %s is damaged: %s".formatted(file, e.getMessage()), "put a whole one there");
        }
    }

    private static PrivateKey key(Path file, String algorithm) throws RemoteException {
        refuseOthers(file);
        String text = text(file, "key");
        String label = Pem.firstLabel(text);
        if (!Pem.PRIVATE_KEY.equals(label)) {
            throw new RemoteException(
                    "%s holds no key in PKCS#8 but %s"
                            .formatted(file, label == null ? "no PEM at all" : "'" + label + "'"),
                    "convert a key with 'openssl pkcs8 -topk8 -nodes -in KEY -out NEWKEY'");
        }
        try {
            byte[] content = Objects.requireNonNullElse(Pem.read(Pem.PRIVATE_KEY, text), new byte[0]);
            return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(content));
        } catch (InvalidKeySpecException | IllegalArgumentException e) {
            throw new RemoteException(
                    "%s holds no %s key, which its certificate needs, or a damaged one".formatted(file, algorithm),
                    "give the key that this certificate was made for");
        } catch (GeneralSecurityException e) {
            throw new RemoteException(
                    "a key of the kind %s cannot be used: %s".formatted(algorithm, e.getMessage()),
                    "use an EC or RSA key");
        }
    }

    /** Root may own the key and lend it to the group of the daemon; nobody else is to see it. */
    private static void refuseOthers(Path file) throws RemoteException {
        try {
            String mode = OwnerOnly.strangersMay(file);
            if (!mode.isEmpty()) {
                throw new RemoteException(
                        "the key file %s has mode %s, so that strangers may open it".formatted(file, mode),
                        "make a new key if anybody can have read it, and run 'chmod 600 %s'".formatted(file));
            }
        } catch (IOException e) {
            throw unreadable(file, "key", e);
        }
    }

    private static String text(Path file, String what) throws RemoteException {
        try {
            if (Files.size(file) > BYTES_MAX) {
                throw new RemoteException(
                        "%s has more than %d bytes; that is no %s".formatted(file, BYTES_MAX, what),
                        "give the right file in admin.remote");
            }
            return Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw unreadable(file, what, e);
        }
    }

    private static RemoteException unreadable(Path file, String what, IOException e) {
        return e instanceof NoSuchFileException
                ? new RemoteException(
                        "there is no file %s for the %s of the management API".formatted(file, what),
                        "put it there, or leave certificate and key out of admin.remote")
                : new RemoteException(
                        "the %s in %s cannot be read: permission denied, or %s".formatted(what, file, e.getMessage()),
                        "let the user of the daemon read it");
    }

    private static boolean fit(PublicKey publicKey, PrivateKey secret) {
        String algorithm = switch (publicKey.getAlgorithm()) {
            case "EC" -> "SHA256withECDSA";
            case "RSA" -> "SHA256withRSA";
            default -> publicKey.getAlgorithm();
        };
        try {
            byte[] probe = "Kume".getBytes(StandardCharsets.US_ASCII);
            Signature sign = Signature.getInstance(algorithm);
            sign.initSign(secret);
            sign.update(probe);
            byte[] signature = sign.sign();
            Signature verify = Signature.getInstance(algorithm);
            verify.initVerify(publicKey);
            verify.update(probe);
            return verify.verify(signature);
        } catch (GeneralSecurityException e) {
            return false;
        }
    }
}
