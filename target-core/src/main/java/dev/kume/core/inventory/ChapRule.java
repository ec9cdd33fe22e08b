package dev.kume.core.inventory;

import java.util.LinkedHashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How initiators prove themselves somewhere, by names of credentials (RFC 7143 12.1.3).
 *
 * @param incoming an initiator must know one of these; none: nobody proves anything
 * @param mutual   by which the target proves itself when the initiator asks for it; null: it does not
 */
public record ChapRule(List<String> incoming, @Nullable String mutual) {
    /** Nobody proves anything. */
    public static final ChapRule NONE = new ChapRule(List.of(), null);

    /** The most credentials of one rule: a login tries them in turn. */
    static final int CREDENTIALS_MAX = 16;

    public ChapRule {
        incoming = List.copyOf(new LinkedHashSet<>(incoming));
        if (incoming.isEmpty() && mutual != null) {
            throw InventoryException.invalid(
                    "mutual CHAP with '%s' would answer initiators that have not proven themselves".formatted(mutual),
                    "say with --chap what they have to know");
        }
        if (incoming.size() > CREDENTIALS_MAX) {
            throw InventoryException.invalid(
                    "%d credentials in one place are too many".formatted(incoming.size()),
                    "use at most %d".formatted(CREDENTIALS_MAX));
        }
    }

    /** True when initiators have to prove themselves. */
    public boolean isRequired() {
        return !incoming.isEmpty();
    }

    /** True when a credential of this name is part of it. */
    boolean names(String credential) {
        return incoming.contains(credential) || credential.equals(mutual);
    }
}
