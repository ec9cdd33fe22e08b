package dev.kume.cli.daemon;

import dev.kume.cli.api.ConfigPlanView;
import dev.kume.cli.api.ConfigRequest;
import dev.kume.cli.api.ErrorCode;
import dev.kume.cli.config.BlastRadius;
import dev.kume.cli.config.ConfigDocument;
import dev.kume.cli.config.ConfigReader;
import dev.kume.cli.config.ConfigResolver;
import dev.kume.cli.config.Intention;
import dev.kume.cli.yaml.YamlException;
import dev.kume.core.inventory.CredentialRecord;
import dev.kume.core.inventory.Credentials;
import dev.kume.core.inventory.DiskRecord;
import dev.kume.core.inventory.InitiatorIdentifier;
import dev.kume.core.inventory.Inventory;
import dev.kume.core.inventory.SecretRules;
import dev.kume.core.inventory.TargetRecord;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/** What becomes of a desired state, or of an older version: compared with what is, nothing of it done. Any thread. */
final class ConfigPlanning {
    private static final String FILE_USUAL = "config.yaml";

    private final ConfigSurroundings.Daemon daemon;
    private final Changes changes;
    private final DiskResizing resizing;
    private final ConfigHistory history;
    private final HostNameCheck hostNames;

    ConfigPlanning(
            ConfigSurroundings.Daemon daemon,
            Changes changes,
            DiskResizing resizing,
            ConfigHistory history,
            HostNameCheck hostNames) {
        this.daemon = daemon;
        this.changes = changes;
        this.resizing = resizing;
        this.history = history;
        this.hostNames = hostNames;
    }

    /** A request that has been read. */
    record Wanted(
            String source,
            @Nullable ConfigDocument document,
            @Nullable Long version,
            Map<String, byte[]> secrets) {}

    /**
     * What is to be done.
     *
     * @param made    disks for which files are to be made, by uuid
     * @param adopted disks whose files are there
     * @param grown   disks that are there and get larger, by the record that they get
     * @param secrets those to be kept, by the name of their credential
     */
    record Planned(
            String source,
            Inventory now,
            Inventory next,
            Map<UUID, DiskPlanning.Plan> made,
            List<DiskRecord> adopted,
            List<DiskRecord> grown,
            Map<String, byte[]> secrets,
            List<String> notes) {}

    /** Reads a request; its text is complained about with places. */
    static Wanted read(ConfigRequest request) {
        if ((request.text() == null) == (request.rollbackTo() == null)) {
            throw new ApiException(
                    ErrorCode.INVALID, "either text or rollbackTo is needed", "send one of the two fields");
        }
        Map<String, byte[]> secrets = secrets(request);
        if (request.rollbackTo() != null) {
            return new Wanted("version " + request.rollbackTo(), null, request.rollbackTo(), Map.of());
        }
        String file = request.file() == null ? FILE_USUAL : request.file();
        try {
            return new Wanted(file, ConfigReader.read(file, String.valueOf(request.text())), null, secrets);
        } catch (YamlException e) {
            throw new ApiException(ErrorCode.INVALID, e.getMessage(), null);
        }
    }

    private static Map<String, byte[]> secrets(ConfigRequest request) {
        Map<String, byte[]> secrets = new HashMap<>();
        for (ConfigRequest.Secret each : request.secrets()) {
            String name = Requests.required("credential", each.credential());
            byte[] secret;
            try {
                secret = Base64.getDecoder().decode(Requests.required("secret", each.secret()));
            } catch (IllegalArgumentException e) {
                throw new ApiException(ErrorCode.INVALID, "the field 'secret' is not base64", "encode its bytes");
            }
            SecretRules.check(secret, Boolean.TRUE.equals(each.longSecret()));
            secrets.put(name.toLowerCase(Locale.ROOT), secret);
        }
        return secrets;
    }

    /** Plans and looks up what DNS has to know. Waits its turn. */
    Planned plan(Wanted wanted) {
        Planned planned = changes.inTurn(() -> planInTurn(wanted));
        Set<String> known = new HashSet<>();
        planned.now().targets().forEach(target -> known.addAll(target.initiators()));
        List<InitiatorIdentifier> entries = new ArrayList<>();
        for (TargetRecord target : planned.next().targets()) {
            target.initiators().stream()
                    .filter(entry -> !known.contains(entry))
                    .map(InitiatorIdentifier::parse)
                    .forEach(entries::add);
        }
        hostNames.check(entries);
        return planned;
    }

    /** The same without asking DNS. In turn. */
    Planned planInTurn(Wanted wanted) {
        Inventory now = changes.current();
        ConfigSurroundings surroundings = new ConfigSurroundings(daemon, now, wanted.secrets());
        Intention intention;
        List<DiskRecord> adopted = surroundings.adopted();
        if (wanted.document() != null) {
            intention = ConfigResolver.resolve(wanted.document(), now, surroundings);
        } else {
            ConfigRollback rollback = new ConfigRollback(daemon, now);
            intention = rollback.to(history.inventory(Objects.requireNonNull(wanted.version())));
            adopted = rollback.adopted();
        }
        Inventory next = intention.next();
        Map<String, byte[]> secrets = new LinkedHashMap<>();
        for (String name : intention.secrets()) {
            secrets.put(name, wanted.secrets().get(name.toLowerCase(Locale.ROOT)));
        }
        Credentials.checkUses(next, sameWith(next, secrets));
        List<DiskRecord> grown = new ArrayList<>();
        for (DiskRecord disk : now.disks()) {
            DiskRecord after = next.findDisk(disk.identity().uuid());
            if (after != null && after.sizeBytes() > disk.sizeBytes()) {
                resizing.checked(disk, after.sizeBytes());
                grown.add(after);
            }
        }
        Planned planned = new Planned(
                wanted.source(), now, next, surroundings.made(), adopted, grown, secrets, intention.notes());
        ConfigSpace.check(planned);
        return planned;
    }

    private BiPredicate<CredentialRecord, CredentialRecord> sameWith(Inventory next, Map<String, byte[]> secrets) {
        BiPredicate<CredentialRecord, CredentialRecord> same = daemon.secrets()::same;
        for (var secret : secrets.entrySet()) {
            BiPredicate<CredentialRecord, CredentialRecord> before = same;
            CredentialRecord credential = next.credential(secret.getKey());
            BiPredicate<CredentialRecord, CredentialRecord> with =
                    daemon.secrets().sameWith(credential, secret.getValue());
            same = (one, other) -> {
                boolean about = one.equals(credential) || other.equals(credential);
                return about ? with.test(one, other) : before.test(one, other);
            };
        }
        return same;
    }

    /** The plan as clients see it, with whom it would reach at this moment. */
    ConfigPlanView view(Planned planned) {
        BlastRadius blast = BlastRadius.of(
                planned.now(),
                planned.next(),
                ConfigViews.live(daemon.exports().sessions()),
                daemon.exports()::unitState);
        return ConfigViews.plan(planned, blast);
    }
}
