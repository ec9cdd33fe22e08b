package dev.kume.protocol.isns;

import dev.kume.core.Clock;
import dev.kume.protocol.event.ServerEvent;
import dev.kume.protocol.isns.IsnsServerState.Status;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This daemon at one iSNS server. Confined to its event loop, but for {@link #state}.
 *
 * <p>One request is on its way at a time. Whatever goes wrong ends the connection; the next one registers everything
 * anew, so that nobody has to guess what the server has kept.
 */
final class IsnsClient {
    private static final Logger LOG = LoggerFactory.getLogger(IsnsClient.class);
    private static final int TRANSACTION_MASK = 0xFFFF;
    private static final long RETRY_MILLIS_MIN = 1_000;
    private static final long RETRY_MILLIS_MAX = 60_000;
    private static final long REFRESH_SECONDS_MAX = 3_600;

    /** A connection that has lasted so long was a good one: the next attempt comes soon. */
    private static final long GOOD_SECONDS = 60;

    private final InetSocketAddress server;
    private final IsnsOptions options;
    private final IsnsPlan plan;
    private final IsnsNetwork network;
    private final Clock clock;
    private final RandomGenerator random;
    private final Supplier<List<InetAddress>> hostAddresses;

    private IsnsSnapshot snapshot = IsnsSnapshot.EMPTY;

    /** What the server has; what it will have when {@link #todo} is done. */
    private IsnsObjects have = IsnsObjects.NONE;

    private IsnsObjects soon = IsnsObjects.NONE;
    private final Deque<IsnsRequest> todo = new ArrayDeque<>();
    private @Nullable Attempt attempt;
    private @Nullable IsnsRequest asked;
    private int transactionId;
    private long periodSeconds;
    private int failures;

    /** Takes back the one timer that runs: for an answer, a refresh, or the next attempt. */
    private Runnable timer = () -> {};

    private @Nullable Runnable stopped;
    private volatile IsnsServerState state;

    /**
     * @param hostAddresses the addresses of this host, asked for each time, for they change
     * @param random        spreads attempts, so that many daemons do not return to a server at one moment
     */
    IsnsClient(
            InetSocketAddress server,
            IsnsOptions options,
            IsnsNetwork network,
            Clock clock,
            RandomGenerator random,
            Supplier<List<InetAddress>> hostAddresses) {
        this.server = server;
        this.options = options;
        this.plan = new IsnsPlan(options);
        this.network = network;
        this.clock = clock;
        this.random = random;
        this.hostAddresses = hostAddresses;
        this.state = new IsnsServerState(server, Status.NOTHING_TO_REGISTER, clock.now(), "", 0, 0, 0);
    }

    /** How things stand; from any thread. */
    IsnsServerState state() {
        return state;
    }

    /** There is this to register from now on. */
    void publish(IsnsSnapshot now) {
        snapshot = now;
        Attempt current = attempt;
        if (stopped != null || asked != null || (current != null && !current.connected)) {
            return; // Looked at when what is on its way has come home.
        }
        if (current != null) {
            bringUpToDate();
        } else if (state.status() == Status.NOTHING_TO_REGISTER) {
            connect();
        }
    }

    /**
     * Takes the entity away, and tells when that is done or has failed: after the time for one answer at most. Nothing
     * is done after it.
     */
    void stop(Runnable done) {
        timer.run();
        stopped = done;
        IsnsObjects known = have.isEmpty() ? soon : have;
        Attempt current = attempt;
        if (current == null || !current.connected || known.isEmpty()) {
            end(known.isEmpty() ? "" : "not connected: the server forgets the entity by itself");
            return;
        }
        todo.clear();
        ask(current, plan.deregister(known));
    }

    private void end(String detail) {
        timer.run();
        Attempt current = attempt;
        attempt = null;
        asked = null;
        if (current != null) {
            current.link().close();
        }
        have = IsnsObjects.NONE;
        if (!detail.isEmpty()) {
            ServerEvent.ISNS_NOT_DEREGISTERED.log(LOG, server, detail);
        }
        to(Status.STOPPED, detail);
        Runnable done = stopped;
        if (done != null) {
            done.run();
        }
    }

    // ---- connections ------------------------------------------------------------------------------------------------

    private void connect() {
        timer.run();
        IsnsObjects wanted = wanted();
        have = IsnsObjects.NONE;
        if (wanted.isEmpty()) {
            nothingToRegister();
            return;
        }
        if (state.status() == Status.NOTHING_TO_REGISTER) {
            to(Status.CONNECTING, "connecting");
        }
        Attempt begun = new Attempt();
        attempt = begun;
        begun.link = network.connect(server, begun);
        timer = network.after(
                answerMillis(), () -> fail("no connection within %d seconds".formatted(options.timeoutSeconds())));
    }

    /** Addresses of this host may come later, so it is looked again. */
    private void nothingToRegister() {
        failures = 0;
        to(Status.NOTHING_TO_REGISTER, "no target that is enabled, or no portal that others can reach");
        timer = network.after(TimeUnit.SECONDS.toMillis(refreshSeconds()), this::connect);
    }

    private IsnsObjects wanted() {
        return IsnsObjects.of(snapshot, hostAddresses.get(), server.getAddress().isLoopbackAddress());
    }

    /** One connection, from its first attempt; what is told of an earlier one is not listened to. */
    private final class Attempt implements IsnsNetwork.Events {
        private IsnsNetwork.@Nullable Link link;
        private boolean connected;

        /** Whether the server has confirmed the registration on this connection, and when. */
        private boolean confirmed;

        private long confirmedNanos;

        IsnsNetwork.Link link() {
            IsnsNetwork.Link made = link;
            if (made == null) {
                throw new IllegalStateException("told of a connection before there is one");
            }
            return made;
        }

        @Override
        public void connected() {
            if (attempt == this) {
                connected = true;
                soon = wanted();
                if (soon.isEmpty()) {
                    drop();
                    nothingToRegister();
                    return;
                }
                todo.addAll(plan.register(soon));
                next(this);
            }
        }

        @Override
        public void received(IsnsMessage message) {
            if (attempt == this) {
                try {
                    onMessage(this, message);
                } catch (IsnsProtocolException e) {
                    fail("the server " + e.getMessage());
                }
            }
        }

        @Override
        public void closed(String why) {
            if (attempt == this) {
                onClosed(this, why);
            }
        }
    }

    private void onClosed(Attempt current, String why) {
        boolean resting = current.confirmed && asked == null && state.status() == Status.REGISTERED;
        if (!resting) {
            fail(why);
            return;
        }
        // Servers restart, and some close what is silent. The registration may well stand: that is for the next attempt
        // to find out, and no failure until then.
        long restedNanos = clock.nanoTime() - current.confirmedNanos;
        failures = restedNanos >= TimeUnit.SECONDS.toNanos(GOOD_SECONDS) ? 0 : failures;
        drop();
        retry();
    }

    /** Ends the connection, says so once, and begins anew later. */
    private void fail(String why) {
        drop();
        if (stopped != null) {
            end(why);
            return;
        }
        if (state.status() != Status.FAILED) {
            ServerEvent.ISNS_TROUBLE.log(LOG, server, why);
        }
        to(Status.FAILED, why);
        retry();
    }

    private void drop() {
        timer.run();
        Attempt current = attempt;
        attempt = null;
        asked = null;
        todo.clear();
        if (current != null) {
            current.link().close();
        }
    }

    private void retry() {
        long most = Math.min(RETRY_MILLIS_MAX, RETRY_MILLIS_MIN << Math.min(failures, 16));
        failures++;
        timer = network.after(most / 2 + random.nextLong(most / 2 + 1), this::connect);
    }

    // ---- requests ---------------------------------------------------------------------------------------------------

    private void next(Attempt current) {
        IsnsRequest request = todo.poll();
        if (request != null) {
            ask(current, request);
            return;
        }
        have = soon;
        bringUpToDate();
    }

    /** With nothing on its way: sends what has changed meanwhile, or else asks how long the registration holds. */
    private void bringUpToDate() {
        Attempt current = attempt;
        if (current == null) {
            return;
        }
        timer.run();
        IsnsObjects wanted = wanted();
        if (have.isEmpty()) {
            drop();
            connect();
        } else if (wanted.isEmpty()) {
            soon = wanted;
            ask(current, plan.deregister(have));
        } else {
            soon = wanted;
            todo.addAll(plan.change(have, wanted));
            if (todo.isEmpty()) {
                have = wanted;
                ask(current, plan.query(have));
            } else {
                next(current);
            }
        }
    }

    private void ask(Attempt current, IsnsRequest request) {
        transactionId = (transactionId + 1) & TRANSACTION_MASK;
        asked = request;
        timer.run();
        timer = network.after(
                answerMillis(),
                () -> fail("no answer to %s within %d seconds"
                        .formatted(request.function().word(), options.timeoutSeconds())));
        current.link().send(request.message(transactionId));
    }

    private void onMessage(Attempt current, IsnsMessage message) throws IsnsProtocolException {
        IsnsRequest request = asked;
        if (request != null
                && message.transactionId() == transactionId
                && message.function() == request.function().responseCode()) {
            timer.run();
            asked = null;
            onAnswer(current, request, IsnsAnswer.of(message));
        } else if (stopped == null) {
            // When the end was asked for, the answer to an earlier request may still come.
            throw new IsnsProtocolException("sent message %04x of transaction %d, which is no answer to a request"
                    .formatted(message.function(), message.transactionId()));
        }
    }

    private void onAnswer(Attempt current, IsnsRequest request, IsnsAnswer answer) throws IsnsProtocolException {
        if (stopped != null) {
            boolean gone = answer.status() == IsnsStatus.SUCCESSFUL;
            if (gone) {
                ServerEvent.ISNS_DEREGISTERED.log(LOG, server, options.entity());
            }
            end(gone ? "" : "it answered " + IsnsStatus.words(answer.status()));
        } else if (request.function() == IsnsFunction.DEV_ATTR_QRY) {
            onQueried(current, answer);
        } else if (answer.status() != IsnsStatus.SUCCESSFUL) {
            fail("the server answered %s with %s"
                    .formatted(request.function().word(), IsnsStatus.words(answer.status())));
        } else if (request.function() == IsnsFunction.DEV_DEREG && soon.isEmpty()) {
            have = soon;
            drop();
            connect();
        } else {
            next(current);
        }
    }

    private void onQueried(Attempt current, IsnsAnswer answer) throws IsnsProtocolException {
        boolean known = answer.status() == IsnsStatus.SUCCESSFUL
                && options.entity().equalsIgnoreCase(answer.text(IsnsTag.ENTITY_IDENTIFIER));
        if (!known) {
            onForgotten(current, answer);
            return;
        }
        Long granted = answer.number(IsnsTag.REGISTRATION_PERIOD);
        periodSeconds = granted == null ? options.periodSeconds() : granted;
        if (!current.confirmed) {
            current.confirmed = true;
            current.confirmedNanos = clock.nanoTime();
        }
        if (state.status() != Status.REGISTERED) {
            ServerEvent.ISNS_REGISTERED.log(
                    LOG,
                    server,
                    options.entity(),
                    have.portals().size(),
                    have.targets().size());
        }
        to(Status.REGISTERED, "registered as " + options.entity());
        IsnsObjects wanted = wanted();
        if (wanted.equals(have)) {
            timer = network.after(TimeUnit.SECONDS.toMillis(refreshSeconds()), this::bringUpToDate);
        } else {
            bringUpToDate();
        }
    }

    /** The server has lost the entity. Once it is registered again; a server that loses it at once is a broken one. */
    private void onForgotten(Attempt current, IsnsAnswer answer) {
        boolean lost = answer.status() == IsnsStatus.SUCCESSFUL
                || answer.status() == IsnsStatus.SOURCE_UNKNOWN
                || answer.status() == IsnsStatus.NO_SUCH_ENTRY;
        if (lost && current.confirmed) {
            current.confirmed = false;
            ServerEvent.ISNS_FORGOTTEN.log(LOG, server, options.entity());
            have = IsnsObjects.NONE;
            soon = wanted();
            if (soon.isEmpty()) {
                drop();
                nothingToRegister();
                return;
            }
            todo.addAll(plan.register(soon));
            next(current);
        } else {
            fail("the server does not know entity %s after its registration: %s"
                    .formatted(options.entity(), IsnsStatus.words(answer.status())));
        }
    }

    // ---- times and states -------------------------------------------------------------------------------------------

    private long answerMillis() {
        return TimeUnit.SECONDS.toMillis(options.timeoutSeconds());
    }

    /** Half of the period, so that one lost refresh is not the end of the registration. */
    private long refreshSeconds() {
        long period = periodSeconds == 0 ? options.periodSeconds() : periodSeconds;
        return Math.max(1, Math.min(REFRESH_SECONDS_MAX, period / 2));
    }

    private void to(Status status, String detail) {
        boolean registered = status == Status.REGISTERED;
        state = new IsnsServerState(
                server,
                status,
                status == state.status() ? state.since() : clock.now(),
                detail,
                registered ? have.portals().size() : 0,
                registered ? have.targets().size() : 0,
                registered ? periodSeconds : 0);
    }
}
