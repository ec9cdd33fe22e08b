package dev.kume.protocol.server;

import dev.kume.protocol.connection.PortalGroup;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The listening sockets, by portal group. Changed by one thread at a time; read by any.
 *
 * <p>What is asked for is made real whole or not at all: new sockets are bound before old ones close. Where the system
 * does not allow both at once, as with a wildcard and an address that it covers, the old one makes room and comes back
 * when the new one cannot be bound.
 */
final class Portals {
    private static final int BACKLOG = 1024;

    private final EventLoopGroup loops;
    private final Transport transport;
    private final WriteBufferWaterMark waterMark;
    private final BiConsumer<Channel, PortalGroup> accepted;

    /** One address that is listened on; the group that it belongs to may change while it stays open. */
    private static final class Listener {
        final InetSocketAddress asked;
        volatile @Nullable PortalGroup group;
        private @Nullable Channel channel;

        Listener(InetSocketAddress asked) {
            this.asked = asked;
        }

        InetSocketAddress bound() {
            Channel open = channel;
            return open == null ? asked : (InetSocketAddress) open.localAddress();
        }

        /** The group is known: who has connected meanwhile is let in. */
        void startAccepting() {
            Channel open = channel;
            if (open != null) {
                open.eventLoop().execute(() -> open.config().setAutoRead(true));
            }
        }

        void close() {
            Channel open = channel;
            if (open != null) {
                open.close().awaitUninterruptibly();
            }
        }
    }

    private List<Listener> listeners = List.of();
    private volatile List<PortalGroup> groups = List.of();

    /**
     * @param highWaterBytes output of one connection that may wait for the network
     * @param accepted       takes a connection on, on its loop
     */
    Portals(EventLoopGroup loops, Transport transport, int highWaterBytes, BiConsumer<Channel, PortalGroup> accepted) {
        this.loops = loops;
        this.transport = transport;
        this.waterMark = new WriteBufferWaterMark(highWaterBytes / 2, highWaterBytes);
        this.accepted = accepted;
    }

    /** The groups that listen now, with the ports that were really bound. */
    List<PortalGroup> groups() {
        return groups;
    }

    /** True while connections that came in by this address of this group are welcome. */
    boolean serves(PortalGroup cameBy, InetSocketAddress local) {
        return groups.stream()
                .filter(group -> group.name().equals(cameBy.name()) && group.tag() == cameBy.tag())
                .flatMap(group -> group.listen().stream())
                .anyMatch(listen -> covers(listen, local));
    }

    /** Makes the groups be these. Sockets of addresses that stay are not touched; on failure nothing is changed. */
    void replace(List<PortalSpec> wanted) throws PortalException {
        List<Listener> gone = new ArrayList<>(listeners);
        List<Listener> fresh = new ArrayList<>();
        List<Listener> stepAside = new ArrayList<>();
        List<List<Listener>> all = new ArrayList<>();
        try {
            for (PortalSpec spec : wanted) {
                List<Listener> ofGroup = new ArrayList<>();
                for (InetSocketAddress address : spec.listen()) {
                    Listener listener = find(gone, address);
                    if (listener == null) {
                        makeRoom(address, gone, wanted, stepAside);
                        listener = new Listener(address);
                        bind(listener, spec.name());
                        fresh.add(listener);
                    } else {
                        gone.remove(listener);
                    }
                    ofGroup.add(listener);
                }
                all.add(ofGroup);
            }
        } catch (PortalException failure) {
            fresh.forEach(Listener::close);
            comeBack(stepAside, failure);
            throw failure;
        }
        commit(wanted, all);
        fresh.forEach(Listener::startAccepting);
        gone.forEach(Listener::close);
    }

    private void commit(List<PortalSpec> wanted, List<List<Listener>> all) {
        List<PortalGroup> now = new ArrayList<>();
        for (int i = 0; i < all.size(); i++) {
            PortalSpec spec = wanted.get(i);
            PortalGroup group = new PortalGroup(
                    spec.name(),
                    spec.tag(),
                    all.get(i).stream().map(Listener::bound).toList());
            all.get(i).forEach(listener -> listener.group = group);
            now.add(group);
        }
        listeners = all.stream().flatMap(List::stream).toList();
        groups = List.copyOf(now);
    }

    /** Stops listening; connections stay. */
    void close() {
        listeners.forEach(Listener::close);
        listeners = List.of();
        groups = List.of();
    }

    // ---- sockets ----------------------------------------------------------------------------------------------------

    private static @Nullable Listener find(List<Listener> among, InetSocketAddress address) {
        return among.stream()
                .filter(listener -> same(listener.asked, address))
                .findFirst()
                .orElse(null);
    }

    /** Closes sockets that are not wanted any more and that the system would not let the new one stand beside. */
    private static void makeRoom(
            InetSocketAddress address, List<Listener> gone, List<PortalSpec> wanted, List<Listener> stepAside) {
        for (Listener old : List.copyOf(gone)) {
            boolean stays =
                    wanted.stream().flatMap(spec -> spec.listen().stream()).anyMatch(each -> same(each, old.asked));
            if (!stays && (covers(old.asked, address) || covers(address, old.asked))) {
                old.close();
                gone.remove(old);
                stepAside.add(old);
            }
        }
    }

    private void comeBack(List<Listener> stepAside, PortalException failure) {
        for (Listener old : stepAside) {
            PortalGroup group = old.group;
            try {
                bind(old, group == null ? "" : group.name());
                old.startAccepting();
            } catch (PortalException lost) {
                failure.alsoLost(lost);
            }
        }
    }

    private void bind(Listener listener, String portal) throws PortalException {
        boolean ipv6 = listener.asked.getAddress() instanceof Inet6Address;
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(loops)
                .channelFactory(() -> transport.listening(ipv6))
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .option(ChannelOption.AUTO_READ, false)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.SO_KEEPALIVE, true)
                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, waterMark)
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        accept(listener, channel);
                    }
                });
        transport.configure(bootstrap, ipv6);
        ChannelFuture future = bootstrap.bind(listener.asked).awaitUninterruptibly();
        Throwable failure = future.cause();
        if (failure != null) {
            throw new PortalException(portal, listener.asked, failure);
        }
        listener.channel = future.channel();
    }

    private void accept(Listener listener, Channel channel) {
        PortalGroup group = listener.group;
        InetSocketAddress local = (InetSocketAddress) channel.localAddress();
        // Sockets of the JDK take IPv4 on [::] too, which nobody has asked for.
        if (group == null || local == null || !sameFamily(local.getAddress(), listener.asked.getAddress())) {
            channel.close();
        } else {
            accepted.accept(channel, group);
        }
    }

    // ---- addresses --------------------------------------------------------------------------------------------------

    private static boolean same(InetSocketAddress a, InetSocketAddress b) {
        return a.equals(b) && scope(a) == scope(b);
    }

    private static int scope(InetSocketAddress address) {
        return address.getAddress() instanceof Inet6Address ipv6 ? ipv6.getScopeId() : 0;
    }

    /** True when a socket on {@code listen} gets what comes to {@code local}. */
    private static boolean covers(InetSocketAddress listen, InetSocketAddress local) {
        return listen.getPort() == local.getPort()
                && sameFamily(listen.getAddress(), local.getAddress())
                && (listen.getAddress().isAnyLocalAddress()
                        || listen.getAddress().equals(local.getAddress()));
    }

    private static boolean sameFamily(InetAddress a, InetAddress b) {
        return a instanceof Inet6Address == b instanceof Inet6Address;
    }
}
