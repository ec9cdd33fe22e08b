package dev.kume.cli.command;

import dev.kume.cli.api.ConfigRequest;
import dev.kume.cli.config.ConfigDocument;
import dev.kume.cli.config.ConfigReader;
import dev.kume.cli.terminal.CliException;
import dev.kume.cli.terminal.ExitCode;
import dev.kume.cli.yaml.YamlException;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** A file with a desired state on its way to the daemon, with the secrets that it names. */
final class ConfigSource {
    /** The largest file: the daemon takes no larger request. */
    private static final int FILE_BYTES_MAX = 1 << 20;

    private ConfigSource() {}

    /** The request that plans this file. */
    static ConfigRequest read(Invocation invocation, Path given) {
        Path file = invocation.absolute(given);
        String text = text(file);
        ConfigDocument document;
        try {
            document = ConfigReader.read(given.toString(), text);
        } catch (YamlException e) {
            throw new CliException(ExitCode.USAGE, e.getMessage());
        }
        Path directory = Objects.requireNonNull(file.getParent());
        List<ConfigRequest.Secret> secrets = new ArrayList<>();
        for (ConfigDocument.Credential credential : document.credentials()) {
            if (credential.secretFile() != null) {
                // As written in the file, and so beside it: where the command is called from does not matter.
                Path secret = directory.resolve(credential.secretFile()).normalize();
                secrets.add(new ConfigRequest.Secret(
                        credential.name(), SecretSource.base64(invocation, secret), credential.longSecret()));
            }
        }
        return new ConfigRequest(given.toString(), text, null, secrets, null, null);
    }

    private static String text(Path file) {
        try {
            if (Files.size(file) > FILE_BYTES_MAX) {
                throw new CliException(
                        ExitCode.USAGE, "the file " + file + " has more than " + FILE_BYTES_MAX + " bytes");
            }
            return Files.readString(file, StandardCharsets.UTF_8);
        } catch (NoSuchFileException e) {
            throw new CliException(ExitCode.NOT_FOUND, "there is no file " + file);
        } catch (CharacterCodingException e) {
            throw new CliException(ExitCode.USAGE, file + ":1:1: it is not UTF-8 text");
        } catch (IOException e) {
            throw new CliException(ExitCode.FAILED, "the file " + file + " cannot be read: " + e.getMessage());
        }
    }
}
