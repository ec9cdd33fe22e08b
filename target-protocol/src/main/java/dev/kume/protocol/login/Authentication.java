package dev.kume.protocol.login;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** How an initiator has to prove who it is, and how the target proves itself to it. */
public sealed interface Authentication {
    /** Nobody proves anything: AuthMethod=None. */
    None NONE = new None();

    /** AuthMethod=None is enough. */
    record None() implements Authentication {}

    /**
     * The initiator must prove itself by CHAP.
     *
     * @param incoming it must know one of these
     * @param outgoing by which the target proves itself when the initiator asks for it; null: it does not
     */
    record Chap(List<ChapCredential> incoming, @Nullable ChapCredential outgoing) implements Authentication {
        public Chap {
            incoming = List.copyOf(incoming);
        }
    }

    /**
     * CHAP is required, and the secret cannot be had: nobody gets in.
     *
     * @param reason one line for the administrator
     */
    record Unavailable(String reason) implements Authentication {}
}
