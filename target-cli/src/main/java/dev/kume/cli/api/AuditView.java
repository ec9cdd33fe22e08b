package dev.kume.cli.api;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One administrative change, or the attempt at one. No secret is ever in it.
 *
 * @param time      when it was answered; of the end of long work, when that ended
 * @param caller    who: the user of the system at the local socket, the name of the token over the network
 * @param from      {@code local}, or the address and port of the client
 * @param method    what was asked for, as {@code PATCH}; {@link #END} for the end of long work
 * @param path      as {@code /v1/disks/vms}, with its parameters
 * @param subjects  what it is about, as {@code disk/vms} and {@code target/hv-node1}
 * @param outcome   {@code ok}; {@code begun} of long work; or the code of the error
 * @param error     one line for people; null when it went well
 * @param operation the id of the long work; null when it is none
 * @param request   the body, without secrets; null when there was none
 * @param before    the thing as it was; null when there was none, or it has no page
 * @param after     the thing as it is; null when it is gone, or nothing was changed
 */
public record AuditView(
        Instant time,
        String caller,
        String from,
        String method,
        String path,
        List<String> subjects,
        String outcome,
        @Nullable String error,
        @Nullable Long operation,
        @Nullable JsonNode request,
        @Nullable JsonNode before,
        @Nullable JsonNode after) {
    public static final String OK = "ok";
    public static final String BEGUN = "begun";
    public static final String END = "END";

    public AuditView {
        subjects = Lists.orEmpty(subjects);
    }

    /** {@code PATCH /v1/disks/vms}. */
    public String what() {
        return method + " " + path;
    }

    /** Answer of {@code GET /v1/audit}, newest first. */
    public record Listing(List<AuditView> changes) {
        public Listing {
            changes = Lists.orEmpty(changes);
        }
    }
}
