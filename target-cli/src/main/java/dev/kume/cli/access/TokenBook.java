package dev.kume.cli.access;

import dev.kume.cli.access.TokenException.Kind;
import dev.kume.cli.log.ServiceEvent;
import dev.kume.cli.yaml.YamlException;
import dev.kume.core.Clock;
import dev.kume.core.Nearest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All tokens, in {@code tokens.yaml} of the state directory: durable before it is answered, and hashed. A file that is
 * damaged or open to others is left as it is, and lets nobody in. Thread safe; to check a token never waits for a disk.
 */
public final class TokenBook {
    /** More than administrators and scripts have. */
    public static final int TOKENS_MAX = 256;

    /** Longer than anybody plans. */
    public static final Duration LIFE_MAX = Duration.ofDays(3_650);

    private static final Logger LOG = LoggerFactory.getLogger(TokenBook.class);
    private static final long FILE_BYTES_MAX = 1 << 20;
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,62}");

    /** A token that was just made, with the text that nobody sees again. */
    public record Made(TokenRecord record, String token) {}

    private final Path file;
    private final PrivateWriter writer;
    private final Clock clock;
    private final RandomGenerator random;

    /** Held while the file changes, so that changes take turns. */
    private final Object changing = new Object();

    /** By id; replaced as a whole. */
    private volatile Map<String, TokenRecord> tokens = Map.of();

    /** When tokens were used since the file was written, by id. */
    private final Map<String, Instant> used = new LinkedHashMap<>();

    private volatile @Nullable String trouble;

    public TokenBook(Path stateDirectory, PrivateWriter writer, Clock clock, RandomGenerator random) {
        this.file = stateDirectory.resolve("tokens.yaml");
        this.writer = writer;
        this.clock = clock;
        this.random = random;
    }

    /** Reads what was written last. */
    public void load() {
        synchronized (changing) {
            try {
                String mode = OwnerOnly.othersMay(file);
                if (!mode.isEmpty()) {
                    distrust("%s has mode %s, so that others may open it; run 'chmod 600 %s', restart, and revoke"
                                    .formatted(file, mode, file)
                            + " tokens that you do not know");
                    return;
                }
                String owner = OwnerOnly.otherOwner(file);
                if (!owner.isEmpty()) {
                    distrust("%s belongs to %s, who may change it; give it to the user of the daemon, restart, and"
                                    .formatted(file, owner)
                            + " revoke tokens that you do not know");
                    return;
                }
                if (Files.size(file) > FILE_BYTES_MAX) {
                    distrust("%s has more than %d bytes; move it away, restart, and make new tokens"
                            .formatted(file, FILE_BYTES_MAX));
                    return;
                }
                Map<String, TokenRecord> read = new LinkedHashMap<>();
                TokensYaml.read(file.toString(), Files.readString(file)).forEach(token -> read.put(token.id(), token));
                tokens = Map.copyOf(read);
            } catch (NoSuchFileException e) {
                LOG.debug("{} is not there yet", file);
            } catch (YamlException e) {
                distrust("%s; restore it, or move it away, restart and make new tokens".formatted(e.getMessage()));
            } catch (IOException e) {
                distrust("%s cannot be read (%s); give it to the user of the daemon and restart".formatted(file, e));
            }
        }
    }

    private void distrust(String why) {
        trouble = why;
    }

    /** Why no token is taken at all; null when all is well. */
    public @Nullable String trouble() {
        return trouble;
    }

    /** The bearer of a token, with the place that he calls from; null when there is no such token, or no more. */
    public @Nullable Caller check(String text, String from) {
        TokenRecord token = valid(text);
        if (token == null) {
            return null;
        }
        synchronized (used) {
            used.put(token.id(), clock.now());
        }
        return new Caller(token.name(), token.role(), from);
    }

    /** Whether a token lets its bearer in, now. */
    public boolean isValid(String text) {
        return valid(text) != null;
    }

    private @Nullable TokenRecord valid(String text) {
        String id = TokenText.idOf(text);
        TokenRecord token = id == null ? null : tokens.get(id);
        boolean right = token != null && TokenText.hasHash(text, token.hash()) && !token.isExpired(clock.now());
        return right ? token : null;
    }

    /** All tokens, by name, with what is known of their use. */
    public List<TokenRecord> list() {
        Map<String, Instant> uses;
        synchronized (used) {
            uses = Map.copyOf(used);
        }
        return tokens.values().stream()
                .map(token -> {
                    Instant use = uses.get(token.id());
                    return use == null ? token : token.used(use);
                })
                .sorted(Comparator.comparing(TokenRecord::name, String.CASE_INSENSITIVE_ORDER))
                .toList();
    }

    /**
     * Makes a token; it is durable when this returns.
     *
     * @param life after which it ends by itself; null for never
     */
    public Made create(String name, Role role, @Nullable Duration life) throws TokenException {
        if (!NAME.matcher(name).matches()) {
            throw new TokenException(
                    Kind.INVALID,
                    "'%s' is no name for a token".formatted(name),
                    "use a letter or digit, then letters, digits, '.', '_' and '-', at most 63");
        }
        synchronized (changing) {
            refuseInTrouble();
            Map<String, TokenRecord> next = current();
            if (next.values().stream().anyMatch(token -> token.isNamed(name))) {
                throw new TokenException(
                        Kind.CONFLICT,
                        "there is a token '%s' already".formatted(name),
                        "choose another name, or run 'kume token revoke %s' first".formatted(name));
            }
            if (next.size() >= TOKENS_MAX) {
                throw new TokenException(
                        Kind.LIMIT,
                        "there are %d tokens, and no more are kept".formatted(next.size()),
                        "revoke those that nobody uses: kume token list");
            }
            String id = TokenText.makeId(random);
            while (next.containsKey(id)) {
                id = TokenText.makeId(random);
            }
            String token = TokenText.make(id, random);
            Instant now = clock.now();
            TokenRecord made = new TokenRecord(id, name, role, TokenText.hash(token), now, end(now, life), null);
            next.put(id, made);
            save(next);
            return new Made(made, token);
        }
    }

    private static @Nullable Instant end(Instant now, @Nullable Duration life) throws TokenException {
        if (life == null) {
            return null;
        }
        if (life.isNegative() || life.isZero() || life.compareTo(LIFE_MAX) > 0) {
            throw new TokenException(
                    Kind.INVALID,
                    "a token cannot live for %d seconds".formatted(life.toSeconds()),
                    "give it from 1 second to %d days".formatted(LIFE_MAX.toDays()));
        }
        try {
            return now.plus(life);
        } catch (DateTimeException e) {
            throw new IllegalStateException("the clock is at the end of time", e);
        }
    }

    /** The token of a name, with what is known of its use. */
    public TokenRecord find(String name) throws TokenException {
        return named(name, list());
    }

    private static TokenRecord named(String name, Collection<TokenRecord> all) throws TokenException {
        for (TokenRecord token : all) {
            if (token.isNamed(name)) {
                return token;
            }
        }
        List<String> near = Nearest.to(name, all.stream().map(TokenRecord::name).toList());
        throw new TokenException(
                Kind.NOT_FOUND,
                "there is no token '%s'".formatted(name),
                near.isEmpty() ? "see 'kume token list'" : "did you mean %s?".formatted(near.getFirst()));
    }

    /** Ends a token; it lets nobody in any more when this returns. */
    public TokenRecord revoke(String name) throws TokenException {
        synchronized (changing) {
            refuseInTrouble();
            Map<String, TokenRecord> next = current();
            TokenRecord gone = named(name, next.values());
            next.remove(gone.id());
            save(next);
            return gone;
        }
    }

    /** Writes down when tokens were last used. What a crash loses of it is a few seconds. */
    public void flush() {
        synchronized (changing) {
            synchronized (used) {
                used.keySet().retainAll(tokens.keySet());
                if (used.isEmpty() || trouble != null) {
                    return;
                }
            }
            try {
                save(current());
            } catch (TokenException e) {
                ServiceEvent.TOKEN_USES_LOST.log(LOG, e.getMessage());
            }
        }
    }

    private void refuseInTrouble() throws TokenException {
        String why = trouble;
        if (why != null) {
            throw new TokenException(Kind.FAILED, "the tokens cannot be used", why);
        }
    }

    private Map<String, TokenRecord> current() {
        Map<String, TokenRecord> all = new LinkedHashMap<>();
        list().forEach(token -> all.put(token.id(), token));
        return all;
    }

    private void save(Map<String, TokenRecord> next) throws TokenException {
        List<TokenRecord> written = new ArrayList<>(next.values());
        try {
            writer.write(file, TokensYaml.write(written));
        } catch (IOException e) {
            throw new TokenException(
                    Kind.FAILED,
                    "%s could not be written (%s), so nothing was changed".formatted(file, e.getMessage()),
                    "look after that file system and try again");
        }
        tokens = Map.copyOf(next);
        synchronized (used) {
            // What was used since the list was made stays for the next time.
            written.forEach(token -> used.remove(token.id(), token.lastUsed()));
        }
    }
}
