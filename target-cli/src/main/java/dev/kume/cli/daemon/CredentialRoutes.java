package dev.kume.cli.daemon;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.kume.cli.api.ApiJson;
import dev.kume.cli.api.CredentialCreate;
import dev.kume.cli.api.CredentialSet;
import dev.kume.cli.api.CredentialView;
import dev.kume.cli.api.DiscoverySet;
import dev.kume.cli.api.DiscoveryView;
import dev.kume.core.inventory.CredentialRecord;
import dev.kume.core.inventory.Credentials;
import dev.kume.core.inventory.Inventory;
import java.util.Set;

/** The paths of credentials and of discovery. Any thread; requests may wait. */
final class CredentialRoutes {
    private final Changes changes;
    private final CredentialProvisioning provisioning;
    private final SecretShelf secrets;
    private final JsonMapper mapper = ApiJson.strict();

    CredentialRoutes(Changes changes, CredentialProvisioning provisioning, SecretShelf secrets) {
        this.changes = changes;
        this.provisioning = provisioning;
        this.secrets = secrets;
    }

    ApiAnswer credentials(ApiRequest request) {
        request.allowParameters(Set.of());
        return switch (request.path().size()) {
            case 1 -> allCredentials(request);
            case 2 -> oneCredential(request, request.path().getLast());
            default -> throw request.unsupported();
        };
    }

    private ApiAnswer allCredentials(ApiRequest request) {
        return switch (request.method()) {
            case "GET" -> {
                Inventory inventory = changes.current();
                yield ApiAnswer.ok(new CredentialView.Listing(inventory.credentials().stream()
                        .map(credential -> view(inventory, credential))
                        .toList()));
            }
            case "POST" ->
                ApiAnswer.created(
                        view(changes.current(), provisioning.add(request.body(mapper, CredentialCreate.class))));
            default -> throw request.unsupported();
        };
    }

    private ApiAnswer oneCredential(ApiRequest request, String name) {
        return switch (request.method()) {
            case "GET" -> {
                Inventory inventory = changes.current();
                yield ApiAnswer.ok(view(inventory, inventory.credential(name)));
            }
            case "PATCH" -> {
                CredentialRecord changed = provisioning.set(name, request.body(mapper, CredentialSet.class));
                yield ApiAnswer.ok(view(changes.current(), changed));
            }
            case "DELETE" -> {
                CredentialView before =
                        view(changes.current(), changes.current().credential(name));
                provisioning.remove(name);
                yield ApiAnswer.ok(before);
            }
            default -> throw request.unsupported();
        };
    }

    ApiAnswer discovery(ApiRequest request) {
        request.allowParameters(Set.of());
        if (request.path().size() != 1) {
            throw request.unsupported();
        }
        return switch (request.method()) {
            case "GET" -> ApiAnswer.ok(discovery(changes.current()));
            case "PATCH" ->
                ApiAnswer.ok(discovery(provisioning.setDiscovery(request.body(mapper, DiscoverySet.class))));
            default -> throw request.unsupported();
        };
    }

    private static DiscoveryView discovery(Inventory inventory) {
        return new DiscoveryView(
                inventory.discovery().incoming(), inventory.discovery().mutual());
    }

    private CredentialView view(Inventory inventory, CredentialRecord credential) {
        String reason = secrets.unusable(credential);
        return new CredentialView(
                credential.name(),
                credential.user(),
                reason == null ? CredentialView.USABLE : CredentialView.UNUSABLE,
                reason,
                Credentials.usedBy(inventory, credential),
                credential.created());
    }
}
