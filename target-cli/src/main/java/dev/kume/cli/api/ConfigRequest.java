package dev.kume.cli.api;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Body of {@code POST /v1/config/plan} and {@code POST /v1/config/apply}: a desired state, or a version to go back to.
 *
 * @param file        what {@code text} is called in complaints; default: {@code config.yaml}
 * @param text        the desired state, YAML as in docs/configuration.md
 * @param rollbackTo  a version of the inventory, in the place of {@code text}
 * @param secrets     the secrets of credentials that are new or get another one
 * @param planVersion apply only: the version that the plan was made for; refused when it is another by now
 * @param force       apply only: true: also when something is removed, or a session is dropped or loses a disk
 */
public record ConfigRequest(
        @Nullable String file,
        @Nullable String text,
        @Nullable Long rollbackTo,
        List<Secret> secrets,
        @Nullable Long planVersion,
        @Nullable Boolean force)
        implements Confidential {
    public ConfigRequest {
        secrets = Lists.orEmpty(secrets);
    }

    /**
     * The secret of a credential.
     *
     * @param secret     in base64
     * @param longSecret true: also when it is longer than Windows takes
     */
    public record Secret(
            @Nullable String credential,
            @Nullable String secret,
            @Nullable Boolean longSecret) implements Confidential {
        /** Without the secret: it stands in no log. */
        @Override
        public String toString() {
            return "Secret[" + credential + "]";
        }
    }
}
