package dev.kume.cli.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.cli.access.Caller;
import dev.kume.cli.access.Role;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

final class CallersTest {
    @Test
    @EnabledOnOs({OS.LINUX, OS.MAC})
    void theSystemNamesTheUserAtTheLocalSocket(@TempDir Path directory) throws Exception {
        Path socket = directory.resolve("s");
        CompletableFuture<Caller> caller = new CompletableFuture<>();
        try (var loop = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory())) {
            new ServerBootstrap()
                    .group(loop)
                    .channel(NioServerDomainSocketChannel.class)
                    .childHandler(new ChannelInitializer<Channel>() {
                        @Override
                        protected void initChannel(Channel channel) {
                            Callers.put(channel, Callers.local(channel));
                            caller.complete(Callers.of(channel));
                        }
                    })
                    .bind(UnixDomainSocketAddress.of(socket))
                    .sync();
            try (SocketChannel client = SocketChannel.open(StandardProtocolFamily.UNIX)) {
                client.connect(UnixDomainSocketAddress.of(socket));
                Caller found = caller.get(10, TimeUnit.SECONDS);
                assertEquals(Files.getOwner(socket).getName(), found.name());
                assertEquals(Role.ADMIN, found.role());
                assertTrue(found.isLocal());
            }
            var _ = loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
        }
    }
}
