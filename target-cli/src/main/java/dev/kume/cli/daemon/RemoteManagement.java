package dev.kume.cli.daemon;

import dev.kume.cli.access.TokenBook;
import dev.kume.cli.alarm.Alarms;
import dev.kume.cli.api.ErrorCode;
import dev.kume.cli.api.StatusView;
import dev.kume.cli.remote.RemoteException;
import dev.kume.cli.remote.RemoteService;
import dev.kume.cli.remote.RemoteSettings;
import io.netty.channel.Channel;
import java.util.concurrent.ThreadFactory;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The management API on the network and the tokens of those who use it, as the daemon has them. Thread safe. */
final class RemoteManagement implements AutoCloseable {
    /** Looks at the port and the certificate, after which the last uses of tokens are written down: once a minute. */
    private static final int LOOKS_PER_FLUSH = 6;

    private final TokenBook tokens;
    private final RemoteService service;
    private final TokenRoutes routes;
    private int looks;

    /**
     * @param requests adds to a connection what carries out requests
     * @param threads  makes the thread of the event loop
     */
    RemoteManagement(
            Settings settings, HostSystem system, Alarms alarms, Consumer<Channel> requests, ThreadFactory threads) {
        this.tokens = new TokenBook(
                settings.stateDirectory(), system.files()::replacePrivateContent, system.clock(), system.random());
        this.service = new RemoteService(
                new RemoteService.Surroundings(
                        settings.stateDirectory(),
                        system.name(),
                        HostAddresses::now,
                        system.files()::replacePrivateContent,
                        system.clock(),
                        system.random(),
                        settings.limits(),
                        alarms),
                tokens,
                Callers::put,
                requests,
                threads);
        this.routes = new TokenRoutes(tokens, service::view, system.clock());
        tokens.load();
    }

    TokenRoutes routes() {
        return routes;
    }

    StatusView.@Nullable Remote view() {
        return service.view();
    }

    /** Refuses settings that could not be applied. */
    void check(@Nullable RemoteSettings wanted) {
        try {
            service.check(wanted);
        } catch (RemoteException e) {
            throw new ApiException(ErrorCode.INVALID, String.valueOf(e.getMessage()), e.remedy());
        }
    }

    /** Says what is wanted; the first {@link #look} makes it true. */
    void want(@Nullable RemoteSettings wanted) {
        service.want(wanted);
    }

    void apply(@Nullable RemoteSettings wanted) {
        service.apply(wanted);
    }

    /** Once every {@link RemoteService#LOOK}. One thread at a time. */
    void look() {
        service.look();
        looks++;
        if (looks % LOOKS_PER_FLUSH == 0) {
            tokens.flush();
        }
    }

    @Override
    public void close() {
        service.close();
        tokens.flush();
    }
}
