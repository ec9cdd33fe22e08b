package dev.kume.cli.remote;

import dev.kume.cli.access.KeyPin;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;

/**
 * By what clients know the server.
 *
 * @param chain its certificate, then those that sign it
 * @param key   of the first of them
 */
record ServerIdentity(List<X509Certificate> chain, PrivateKey key) {
    ServerIdentity {
        chain = List.copyOf(chain);
    }

    X509Certificate certificate() {
        return chain.getFirst();
    }

    /** What clients may pin. */
    String fingerprint() {
        return KeyPin.of(certificate().getPublicKey());
    }

    Instant expires() {
        return certificate().getNotAfter().toInstant();
    }

    /** Keys are not for logs. */
    @Override
    public String toString() {
        return "ServerIdentity[" + fingerprint() + "]";
    }
}
