package dev.kume.cli.remote;

import dev.kume.cli.access.Caller;
import dev.kume.cli.access.PrivateWriter;
import dev.kume.cli.access.TokenBook;
import dev.kume.cli.alarm.Alarm;
import dev.kume.cli.alarm.Alarms;
import dev.kume.cli.api.StatusView;
import dev.kume.cli.log.ServiceEvent;
import dev.kume.core.Clock;
import dev.kume.core.Limits;
import dev.kume.protocol.connection.LoginThrottle;
import io.netty.channel.Channel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.concurrent.ThreadFactory;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The management API on the network, as {@code kume.yaml} wants it. What stands in its way becomes an alarm and is
 * tried again; it never keeps the daemon from serving disks. Thread safe; what it does may wait for disks.
 */
public final class RemoteService implements AutoCloseable {
    /** Between two looks at the port and the certificate. */
    public static final Duration LOOK = Duration.ofSeconds(10);

    /** How long before its end a certificate that was given is worth an alarm. */
    private static final Duration TOLD_BEFORE = Duration.ofDays(14);

    private static final Logger LOG = LoggerFactory.getLogger(RemoteService.class);
    private static final Alarm.Key CERTIFICATE = Alarm.Key.server("management certificate");
    private static final Alarm.Key TOKENS = Alarm.Key.server("management tokens");

    /** What the service takes from the daemon around it. */
    public record Surroundings(
            Path stateDirectory,
            String hostName,
            Supplier<? extends Collection<InetAddress>> hostAddresses,
            PrivateWriter writer,
            Clock clock,
            RandomGenerator random,
            Limits limits,
            Alarms alarms) {}

    private final Surroundings around;
    private final TokenBook tokens;
    private final OwnIdentity own;
    private final Supplier<RemoteListener> listeners;
    private @Nullable RemoteListener listener;
    private @Nullable RemoteSettings settings;
    private @Nullable ServerIdentity identity;
    private Alarm.@Nullable Key portAlarm;
    private @Nullable String trouble;
    private boolean closed;

    /**
     * @param asks     notes at a connection who asks for something there
     * @param requests adds to a connection what carries out requests
     * @param threads  makes the thread of the event loop
     */
    public RemoteService(
            Surroundings around,
            TokenBook tokens,
            BiConsumer<Channel, Caller> asks,
            Consumer<Channel> requests,
            ThreadFactory threads) {
        this.around = around;
        this.tokens = tokens;
        this.own = new OwnIdentity(
                around.stateDirectory(),
                around.hostName(),
                around.hostAddresses(),
                around.writer(),
                around.clock(),
                around.random());
        TokenCheck check = new TokenCheck(tokens, new LoginThrottle(around.clock(), around.limits()));
        this.listeners = () -> new RemoteListener(check, asks, requests, threads);
    }

    /** Refuses settings whose certificate could not be used; changes nothing. */
    public synchronized void check(@Nullable RemoteSettings wanted) throws RemoteException {
        if (wanted != null && wanted.certificate() != null) {
            identityFor(wanted);
        }
    }

    /** Says what is wanted, without waiting: {@link #look} makes it true. For the start, which has better to do. */
    public synchronized void want(@Nullable RemoteSettings wanted) {
        settings = wanted;
    }

    /** Serves as these settings say; null ends it. Files that they name are read again. */
    public synchronized void apply(@Nullable RemoteSettings wanted) {
        boolean same = wanted != null && wanted.equals(settings);
        boolean moved =
                settings != null && (wanted == null || !settings.listen().equals(wanted.listen()));
        settings = wanted;
        if (moved && listener != null) {
            listener.unbind();
            clearPortAlarm();
        }
        if (wanted == null) {
            around.alarms().clear(CERTIFICATE);
            around.alarms().clear(TOKENS);
            identity = null;
            trouble = null;
            return;
        }
        if (!same || wanted.certificate() != null) {
            identity = null;
        }
        look();
    }

    /** Tries again what has failed, and renews a certificate in time. */
    public synchronized void look() {
        RemoteSettings wanted = settings;
        if (wanted == null || closed) {
            return;
        }
        lookAtTokens();
        try {
            show(wanted);
        } catch (RemoteException e) {
            trouble = e.getMessage();
            around.alarms().raise(CERTIFICATE, String.valueOf(e.getMessage()), e.remedy());
            return;
        }
        RemoteListener current = listener;
        if (current != null && !current.isListening()) {
            bind(current, wanted);
        }
    }

    private void lookAtTokens() {
        String why = tokens.trouble();
        if (why == null) {
            around.alarms().clear(TOKENS);
        } else {
            around.alarms().raise(TOKENS, "the tokens cannot be used, so nobody gets in over the network", why);
        }
    }

    /** Has the identity that is wanted ready for new connections. */
    private void show(RemoteSettings wanted) throws RemoteException {
        ServerIdentity before = identity;
        Instant now = around.clock().now();
        boolean isOwn = wanted.certificate() == null;
        if (before == null || (isOwn && OwnIdentity.isDue(before, now))) {
            ServerIdentity next = identityFor(wanted);
            RemoteListener current = listener == null ? listeners.get() : listener;
            listener = current;
            current.identity(next);
            identity = next;
        }
        ServerIdentity shown = identity;
        if (shown != null && !isOwn && now.plus(TOLD_BEFORE).isAfter(shown.expires())) {
            around.alarms()
                    .raise(
                            CERTIFICATE,
                            "the certificate of the management API ends at " + shown.expires(),
                            "put a new one into %s and run 'kume service reload'".formatted(wanted.certificate()));
        } else {
            around.alarms().clear(CERTIFICATE);
        }
    }

    private ServerIdentity identityFor(RemoteSettings wanted) throws RemoteException {
        Path certificate = wanted.certificate();
        Path key = wanted.key();
        return certificate == null || key == null
                ? own.forAddress(wanted.listen())
                : IdentityFiles.read(certificate, key, around.clock().now());
    }

    private void bind(RemoteListener current, RemoteSettings wanted) {
        Alarm.Key key = Alarm.Key.server("management port " + text(wanted.listen()));
        try {
            current.bind(wanted.listen());
            trouble = null;
            clearPortAlarm();
            ServerIdentity shown = identity;
            ServiceEvent.REMOTE_LISTENS.log(
                    LOG, text(wanted.listen()), shown == null ? "unknown" : shown.fingerprint());
        } catch (RemoteException e) {
            trouble = e.getMessage();
            portAlarm = key;
            around.alarms().raise(key, String.valueOf(e.getMessage()), e.remedy());
        }
    }

    private void clearPortAlarm() {
        Alarm.Key raised = portAlarm;
        if (raised != null) {
            around.alarms().clear(raised);
            portAlarm = null;
        }
    }

    /** How it stands; null when it is not wanted. */
    public synchronized StatusView.@Nullable Remote view() {
        RemoteSettings wanted = settings;
        if (wanted == null) {
            return null;
        }
        RemoteListener current = listener;
        ServerIdentity shown = identity;
        boolean listening = current != null && current.isListening();
        return new StatusView.Remote(
                text(wanted.listen()),
                state(listening),
                listening ? null : trouble,
                shown == null ? null : shown.fingerprint(),
                shown == null ? null : shown.expires(),
                String.valueOf(wanted.certificate() == null ? own.certificateFile() : wanted.certificate()));
    }

    private String state(boolean listening) {
        if (listening) {
            return StatusView.Remote.LISTENING;
        }
        return trouble == null ? StatusView.Remote.STARTING : StatusView.Remote.FAILED;
    }

    private static String text(InetSocketAddress address) {
        String host = address.getAddress().getHostAddress();
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + address.getPort();
    }

    @Override
    public void close() {
        RemoteListener last;
        synchronized (this) {
            closed = true;
            last = listener;
            listener = null;
        }
        if (last != null) {
            last.close();
        }
    }
}
