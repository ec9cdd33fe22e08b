package dev.kume.cli.daemon;

import dev.kume.cli.access.OwnerOnly;
import dev.kume.cli.files.Causes;
import dev.kume.cli.log.ServiceEvent;
import dev.kume.core.inventory.CredentialRecord;
import dev.kume.core.inventory.Credentials;
import dev.kume.core.inventory.Inventory;
import dev.kume.core.inventory.InventoryException;
import dev.kume.core.inventory.SecretRules;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiPredicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The secrets of all credentials: one file for each, mode 0600, in {@code secrets/} of the state directory, mode 0700.
 * A secret that replaces another gets a file of its own, so that the inventory alone decides which of the two counts,
 * whenever the daemon ends. Changed by the provisioning thread; read by any.
 */
final class SecretShelf {
    private static final Logger LOG = LoggerFactory.getLogger(SecretShelf.class);
    private static final Set<PosixFilePermission> OTHERS = PosixFilePermissions.fromString("---rwxrwx");

    /** What is known of a credential's secret. */
    sealed interface Content {}

    /** It can be used. */
    private static final class Secret implements Content {
        private final byte[] bytes;

        Secret(byte[] bytes) {
            this.bytes = bytes;
        }
    }

    /** It cannot; {@code reason} says why and what to do. */
    private record Unusable(String reason) implements Content {}

    private final Path directory;
    private final DurableFiles files;

    /** By the name of the file. */
    private final Map<String, Content> contents = new ConcurrentHashMap<>();

    SecretShelf(Path stateDirectory, DurableFiles files) {
        this.directory = stateDirectory.resolve("secrets");
        this.files = files;
    }

    /** Reads the secrets that an inventory names, and removes what a crash has left. One that is unusable is logged. */
    void load(Inventory inventory) {
        for (CredentialRecord credential : inventory.credentials()) {
            contents.put(credential.secretFile(), read(credential));
        }
        while (distrustOne(inventory)) {
            LOG.debug("One secret that serves both ways was found");
        }
        for (CredentialRecord credential : inventory.credentials()) {
            String reason = unusable(credential);
            if (reason != null) {
                ServiceEvent.CREDENTIAL_UNUSABLE.log(LOG, reason);
            }
        }
        keepOnly(inventory);
    }

    /** Makes a secret that serves both ways unusable; false when there is none. */
    private boolean distrustOne(Inventory inventory) {
        try {
            Credentials.checkUses(inventory, this::same);
            return false;
        } catch (InventoryException e) {
            CredentialRecord mutual = inventory.credential(String.valueOf(e.name()));
            contents.put(
                    mutual.secretFile(),
                    new Unusable("credential '%s' is unusable: %s".formatted(mutual.name(), e.getMessage())));
            return true;
        }
    }

    /**
     * Makes the secret of a credential durable, before an inventory names it. What it replaces stays until {@link
     * #keepOnly}.
     */
    void put(CredentialRecord credential, byte[] secret) throws IOException {
        if (!Files.isDirectory(directory)) {
            StateDirectory.create(directory);
            files.syncDirectory(
                    Objects.requireNonNull(directory.toAbsolutePath().getParent()));
        }
        files.replacePrivateContent(file(credential), secret);
        contents.put(credential.secretFile(), new Secret(secret.clone()));
    }

    /** Removes the files that a durable inventory does not name. One that stays does no harm: the next time gets it. */
    void keepOnly(Inventory inventory) {
        Set<String> named = inventory.credentials().stream()
                .map(CredentialRecord::secretFile)
                .collect(Collectors.toSet());
        contents.keySet().retainAll(named);
        if (!Files.isDirectory(directory)) {
            return;
        }
        try (Stream<Path> entries = Files.list(directory)) {
            for (Path entry : entries.toList()) {
                if (!named.contains(String.valueOf(entry.getFileName()))) {
                    files.remove(entry);
                }
            }
        } catch (IOException e) {
            ServiceEvent.SECRET_STAYS.log(LOG, directory, Causes.of(e));
        }
    }

    /** The secret, not to be changed; null when it is unusable. */
    byte @Nullable [] secret(CredentialRecord credential) {
        return contents.get(credential.secretFile()) instanceof Secret secret ? secret.bytes : null;
    }

    /** Why a credential is unusable, and what to do; null when it is not. */
    @Nullable
    String unusable(CredentialRecord credential) {
        return switch (contents.get(credential.secretFile())) {
            case Secret secret -> null;
            case Unusable unusable -> unusable.reason();
            case null -> gone(credential);
        };
    }

    /** True when both have one secret, as far as they are known. */
    boolean same(CredentialRecord one, CredentialRecord other) {
        byte[] first = secret(one);
        byte[] second = secret(other);
        return first != null && second != null && MessageDigest.isEqual(first, second);
    }

    /** As {@link #same}, with a secret that one of the credentials is to have. */
    BiPredicate<CredentialRecord, CredentialRecord> sameWith(CredentialRecord credential, byte[] secret) {
        return (one, other) -> {
            byte[] first = one.equals(credential) ? secret : secret(one);
            byte[] second = other.equals(credential) ? secret : secret(other);
            return first != null && second != null && MessageDigest.isEqual(first, second);
        };
    }

    private Content read(CredentialRecord credential) {
        Path file = file(credential);
        String name = "credential '%s' is unusable: ".formatted(credential.name());
        try {
            for (Path path : new Path[] {directory, file}) {
                String others = othersMay(path);
                String owner = OwnerOnly.otherOwner(path);
                if (!owner.isEmpty()) {
                    return new Unusable(name
                            + "%s belongs to %s; give it a new secret with 'kume credential set %s'"
                                    .formatted(path, owner, credential.name())
                            + ", or, when nobody can have read it, give it to the user of the daemon and restart");
                }
                if (!others.isEmpty()) {
                    return new Unusable(name
                            + "%s has mode %s, so that others may open it; give it a new secret with 'kume credential set %s'"
                                    .formatted(path, others, credential.name())
                            + ", or, when nobody can have read it, 'chmod go= %s' and restart".formatted(path));
                }
            }
            if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
                return new Unusable(gone(credential));
            }
            long size = Files.size(file);
            if (size < 1 || size > SecretRules.BYTES_MAX) {
                return new Unusable(name
                        + "%s has %d bytes; give it a new secret with 'kume credential set %s'"
                                .formatted(file, size, credential.name()));
            }
            return new Secret(Files.readAllBytes(file));
        } catch (NoSuchFileException e) {
            return new Unusable(gone(credential));
        } catch (IOException e) {
            return new Unusable(name
                    + "%s cannot be read: %s; give it a new secret with 'kume credential set %s'"
                            .formatted(file, Causes.of(e), credential.name()));
        }
    }

    /** The mode, when others than the owner may do anything; else empty. */
    private static String othersMay(Path path) throws IOException {
        if (!path.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            return "";
        }
        Set<PosixFilePermission> mode = Files.getPosixFilePermissions(path, LinkOption.NOFOLLOW_LINKS);
        return mode.stream().anyMatch(OTHERS::contains) ? PosixFilePermissions.toString(mode) : "";
    }

    private String gone(CredentialRecord credential) {
        return "credential '%s' is unusable: the file %s of its secret is not there; give it a new one with"
                        .formatted(credential.name(), file(credential))
                + " 'kume credential set %s'".formatted(credential.name());
    }

    private Path file(CredentialRecord credential) {
        return directory.resolve(credential.secretFile());
    }
}
