package dev.kume.cli.daemon;

import dev.kume.cli.access.Caller;
import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.socket.nio.NioChannelOption;
import io.netty.util.AttributeKey;
import java.net.SocketOption;
import java.nio.file.attribute.UserPrincipal;
import java.util.Objects;
import jdk.net.ExtendedSocketOptions;
import jdk.net.UnixDomainPrincipal;

/** Who is at the other end of a connection to the management API. On the loop of the connection. */
final class Callers {
    private static final AttributeKey<Caller> CALLER = AttributeKey.valueOf(Callers.class, "caller");
    private static final SocketOption<UnixDomainPrincipal> PEER = ExtendedSocketOptions.SO_PEERCRED;

    private Callers() {}

    /** Notes who asks from now on. */
    static void put(Channel channel, Caller caller) {
        channel.attr(CALLER).set(caller);
    }

    /** Who asks; whoever accepted the connection, or looked at the token, has noted it. */
    static Caller of(Channel channel) {
        return Objects.requireNonNull(channel.attr(CALLER).get(), "a request of nobody");
    }

    /** The user whose process has opened the local socket. Windows does not tell. */
    static Caller local(Channel channel) {
        try {
            UnixDomainPrincipal peer = channel.config().getOption(NioChannelOption.of(PEER));
            UserPrincipal user = peer == null ? null : peer.user();
            return Caller.local(user == null ? "" : user.getName());
        } catch (ChannelException gone) {
            return Caller.local("");
        }
    }
}
