package dev.kume.cli.daemon;

import dev.kume.cli.api.CredentialCreate;
import dev.kume.cli.api.CredentialSet;
import dev.kume.cli.api.DiscoverySet;
import dev.kume.cli.api.ErrorCode;
import dev.kume.core.Clock;
import dev.kume.core.Limits;
import dev.kume.core.inventory.ChapRule;
import dev.kume.core.inventory.CredentialRecord;
import dev.kume.core.inventory.Credentials;
import dev.kume.core.inventory.Inventory;
import dev.kume.core.inventory.SecretRules;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Base64;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Adds, changes and removes credentials, and says who needs one to discover. Any thread; each call waits its turn. */
final class CredentialProvisioning {
    private final Path stateDirectory;
    private final Limits limits;
    private final Changes changes;
    private final SecretShelf secrets;
    private final Clock clock;

    CredentialProvisioning(Path stateDirectory, Limits limits, Changes changes, SecretShelf secrets, Clock clock) {
        this.stateDirectory = stateDirectory;
        this.limits = limits;
        this.changes = changes;
        this.secrets = secrets;
        this.clock = clock;
    }

    CredentialRecord add(CredentialCreate request) {
        String name = Requests.required("name", request.name());
        String user = Requests.required("user", request.user());
        byte[] secret = secret(Requests.required("secret", request.secret()), request.longSecret());
        return changes.inTurn(() ->
                withSecret(name, secret, inventory -> Credentials.add(inventory, name, user, clock.now(), limits)));
    }

    CredentialRecord set(String name, CredentialSet request) {
        String user = request.user();
        if (user == null && request.secret() == null) {
            throw new ApiException(ErrorCode.INVALID, "nothing is to be changed", "give user or secret");
        }
        if (request.secret() == null) {
            return changes.inTurn(() -> changes.apply(inventory -> {
                        Inventory next = Credentials.setUser(inventory, name, String.valueOf(user));
                        Credentials.checkUses(next, secrets::same);
                        return next;
                    })
                    .credential(name));
        }
        byte[] secret = secret(request.secret(), request.longSecret());
        return changes.inTurn(() -> withSecret(name, secret, inventory -> {
            Inventory next = user == null ? inventory : Credentials.setUser(inventory, name, user);
            return Credentials.setSecret(next, name);
        }));
    }

    CredentialRecord remove(String name) {
        return changes.inTurn(() -> {
            CredentialRecord credential = changes.current().credential(name);
            Inventory left = changes.apply(inventory -> Credentials.remove(inventory, name));
            secrets.keepOnly(left);
            return credential;
        });
    }

    Inventory setDiscovery(DiscoverySet request) {
        if (request.chap() == null && request.mutual() == null) {
            throw new ApiException(ErrorCode.INVALID, "nothing is to be changed", "give chap or mutual");
        }
        return changes.inTurn(() -> changes.apply(inventory -> {
            ChapRule rule = ChapRequests.changed(inventory.discovery(), request.chap(), request.mutual());
            Inventory next = Credentials.setDiscovery(inventory, rule);
            Credentials.checkUses(next, secrets::same);
            return next;
        }));
    }

    /**
     * First the secret, then the inventory that names it: whenever the daemon ends, the file of every credential in the
     * inventory is there. What the secret replaces goes last.
     */
    private CredentialRecord withSecret(String name, byte[] secret, UnaryOperator<Inventory> rule) {
        Inventory intended = rule.apply(changes.current());
        CredentialRecord credential = intended.credential(name);
        Credentials.checkUses(intended, secrets.sameWith(credential, secret));
        try {
            secrets.put(credential, secret);
        } catch (IOException e) {
            throw Errors.ofSaving(stateDirectory, e);
        }
        Inventory next = changes.apply(rule);
        // Not after a failure: what the disk holds is not known then, and a file too many does no harm.
        secrets.keepOnly(next);
        return next.credential(name);
    }

    private static byte[] secret(String base64, @Nullable Boolean longer) {
        byte[] secret;
        try {
            secret = Base64.getDecoder().decode(base64);
        } catch (IllegalArgumentException e) {
            throw new ApiException(ErrorCode.INVALID, "the field 'secret' is not base64", "encode its bytes");
        }
        SecretRules.check(secret, Boolean.TRUE.equals(longer));
        return secret;
    }
}
