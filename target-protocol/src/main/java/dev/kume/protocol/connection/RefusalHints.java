package dev.kume.protocol.connection;

import org.jspecify.annotations.Nullable;

/** What an administrator can do about a refusal: the side of the daemon that has commands. */
@FunctionalInterface
public interface RefusalHints {
    /** Has no advice. */
    RefusalHints NONE = refusal -> null;

    /** What to type, such as {@code allow it with: kume target allow hv-node1 iqn...}; null: nothing. Any thread. */
    @Nullable
    String remedy(LoginRefusal refusal);
}
