package dev.kume.cli.daemon;

import dev.kume.core.inventory.Inventory;
import dev.kume.core.inventory.IscsiName;
import dev.kume.core.inventory.TargetRecord;
import dev.kume.protocol.connection.LoginRefusal;
import dev.kume.protocol.connection.RefusalHints;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What to type after a login was refused. Thread safe. */
final class LoginRemedies implements RefusalHints {
    private final Supplier<Inventory> inventory;

    /** @param inventory what is served now; asked on any thread */
    LoginRemedies(Supplier<Inventory> inventory) {
        this.inventory = inventory;
    }

    @Override
    public @Nullable String remedy(LoginRefusal refusal) {
        TargetRecord target = inventory.get().targets().stream()
                .filter(each -> each.iqn().equals(refusal.targetName()))
                .findFirst()
                .orElse(null);
        return switch (refusal.status()) {
            case NOT_FOUND -> "see which there are with: kume target list";
            case AUTHORIZATION_FAILURE -> target == null ? null : allow(target, refusal.initiatorName());
            case SERVICE_UNAVAILABLE -> target == null || target.enabled() ? null : enable(target);
            case AUTHENTICATION_FAILURE -> target == null ? null : show(target);
            default -> null;
        };
    }

    /** A stranger chooses its name: one that could mean something to a shell is not put into a command to copy. */
    private static @Nullable String allow(TargetRecord target, @Nullable String initiatorName) {
        try {
            return initiatorName == null
                    ? null
                    : "allow it with: kume target allow %s %s"
                            .formatted(target.name(), IscsiName.normalize(initiatorName));
        } catch (IllegalArgumentException noName) {
            return "no target can allow a name of that form: give the initiator one that begins with iqn.";
        }
    }

    private static String enable(TargetRecord target) {
        return "enable it with: kume target enable %s".formatted(target.name());
    }

    private static String show(TargetRecord target) {
        return "see what it asks for with: kume target show " + target.name();
    }
}
