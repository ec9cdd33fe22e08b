package dev.kume.cli.client;

import dev.kume.cli.access.KeyPin;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Collection;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/** How the certificate of a server is judged: by the fingerprint of its key, by given authorities, or by Java's. */
final class ServerTrust {
    private ServerTrust() {}

    /** Where the certificate of a server is judged as is said there. */
    static SSLContext context(RemoteServer server) throws IOException {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, managers(server), null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IOException("TLS cannot be used: " + e.getMessage(), e);
        }
    }

    private static TrustManager @Nullable [] managers(RemoteServer server)
            throws GeneralSecurityException, IOException {
        if (server.fingerprint() != null) {
            return new TrustManager[] {new Pinned(server.fingerprint())};
        }
        if (server.authority() == null) {
            return null;
        }
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        int count = 0;
        for (Certificate certificate : certificates(server.authority())) {
            store.setCertificateEntry("authority-" + count++, certificate);
        }
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        return factory.getTrustManagers();
    }

    private static Collection<? extends Certificate> certificates(Path file) throws IOException {
        try {
            Collection<? extends Certificate> found = CertificateFactory.getInstance("X.509")
                    .generateCertificates(new ByteArrayInputStream(Files.readAllBytes(file)));
            if (!found.isEmpty()) {
                return found;
            }
        } catch (CertificateException unreadable) {
            // Refused below, like a file with none in it.
        }
        throw new UnusableAuthorityException("the file " + file + " holds no certificates in PEM");
    }

    /** The file given with {@code --ca} is no use. */
    static final class UnusableAuthorityException extends IOException {
        private static final long serialVersionUID = 1;

        UnusableAuthorityException(String message) {
            super(message);
        }
    }

    /** The server has another key than the one that is pinned. */
    static final class OtherKeyException extends CertificateException {
        private static final long serialVersionUID = 1;

        private final String found;

        OtherKeyException(String found) {
            super("the server's key has the fingerprint " + found);
            this.found = found;
        }

        String found() {
            return found;
        }
    }

    /** Believes one key, by whatever certificate and name it comes. */
    private static final class Pinned extends X509ExtendedTrustManager {
        private final String fingerprint;

        Pinned(String fingerprint) {
            this.fingerprint = fingerprint;
        }

        private void check(X509Certificate[] chain) throws OtherKeyException {
            String found = KeyPin.of(chain[0].getPublicKey());
            if (!found.equals(fingerprint)) {
                throw new OtherKeyException(found);
            }
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
                throws CertificateException {
            check(chain);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
                throws CertificateException {
            check(chain);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
            check(chain);
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket)
                throws CertificateException {
            throw new CertificateException("this is no server");
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine)
                throws CertificateException {
            throw new CertificateException("this is no server");
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
            throw new CertificateException("this is no server");
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
