package dev.kume.cli.daemon;

import dev.kume.core.inventory.ChapRule;
import dev.kume.core.inventory.CredentialRecord;
import dev.kume.core.inventory.Inventory;
import dev.kume.core.inventory.TargetRecord;
import dev.kume.protocol.login.Authentication;
import dev.kume.protocol.login.ChapCredential;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** From the rules of an inventory, and the secrets, to what logins are asked for. */
final class LoginProofs {
    private final Inventory inventory;
    private final SecretShelf secrets;

    LoginProofs(Inventory inventory, SecretShelf secrets) {
        this.inventory = inventory;
        this.secrets = secrets;
    }

    /**
     * What a rule asks for. A rule whose secrets cannot be had lets nobody in: proof that was asked for is never
     * left out.
     */
    Authentication of(ChapRule rule) {
        if (!rule.isRequired()) {
            return Authentication.NONE;
        }
        List<ChapCredential> incoming = new ArrayList<>();
        String reason = "";
        for (String name : rule.incoming()) {
            CredentialRecord record = inventory.credential(name);
            ChapCredential credential = credential(record);
            if (credential == null) {
                reason = String.valueOf(secrets.unusable(record));
            } else {
                incoming.add(credential);
            }
        }
        if (incoming.isEmpty()) {
            return new Authentication.Unavailable(reason);
        }
        if (rule.mutual() == null) {
            return new Authentication.Chap(incoming, null);
        }
        CredentialRecord mutual = inventory.credential(rule.mutual());
        ChapCredential outgoing = credential(mutual);
        return outgoing == null
                ? new Authentication.Unavailable(String.valueOf(secrets.unusable(mutual)))
                : new Authentication.Chap(incoming, outgoing);
    }

    /** What a target asks of initiators that have ways of their own, by their names. */
    Map<String, Authentication> ofInitiators(TargetRecord target) {
        return target.chapOf().entrySet().stream()
                .collect(Collectors.toMap(Map.Entry::getKey, entry -> of(entry.getValue())));
    }

    private @Nullable ChapCredential credential(CredentialRecord record) {
        byte[] secret = secrets.secret(record);
        return secret == null ? null : new ChapCredential(record.user(), secret);
    }
}
