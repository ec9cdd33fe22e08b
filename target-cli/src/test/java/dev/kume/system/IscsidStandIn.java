package dev.kume.system;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/**
 * Answers the two questions that {@code iscsiadm} asks its daemon before a discovery: the name of this initiator, and
 * where the configuration is. The daemon itself does not start on a kernel without its module, and a discovery needs
 * nothing else of it.
 */
final class IscsidStandIn implements AutoCloseable {
    private static final DomainSocketAddress ADDRESS = new DomainSocketAddress("\0ISCSIADM_ABSTRACT_NAMESPACE");

    /** Questions and answers of iscsid's interface. */
    private static final int INITIATOR_NAME = 8;

    private static final int CONFIGURATION_FILE = 10;

    /** More than an answer has in any version; iscsiadm reads as much as its own has. */
    private static final int ANSWER_BYTES = 16_384;

    private final MultiThreadIoEventLoopGroup group = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());

    private IscsidStandIn() {}

    /** Fails when a real iscsid has the address. */
    static IscsidStandIn start(String initiatorName) throws InterruptedException {
        IscsidStandIn started = new IscsidStandIn();
        new ServerBootstrap()
                .group(started.group)
                .channel(EpollServerDomainSocketChannel.class)
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline().addLast(new Answers(initiatorName));
                    }
                })
                .bind(ADDRESS)
                .sync();
        return started;
    }

    /** One question each connection; what follows its number is not looked at. */
    private static final class Answers extends SimpleChannelInboundHandler<ByteBuf> {
        private final String initiatorName;
        private boolean answered;

        Answers(String initiatorName) {
            this.initiatorName = initiatorName;
        }

        @Override
        protected void channelRead0(ChannelHandlerContext context, ByteBuf question) {
            if (answered) {
                return;
            }
            answered = true;
            boolean little = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;
            int command = little ? question.readIntLE() : question.readInt();
            String text = switch (command) {
                case INITIATOR_NAME -> initiatorName;
                case CONFIGURATION_FILE -> "/etc/iscsi/iscsid.conf";
                default -> "";
            };
            ByteBuf answer = context.alloc().buffer(ANSWER_BYTES).writeZero(ANSWER_BYTES);
            answer.setBytes(0, question, 0, Integer.BYTES);
            answer.setCharSequence(2 * Integer.BYTES, text, StandardCharsets.US_ASCII);
            context.writeAndFlush(answer);
        }
    }

    @Override
    public void close() {
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    }
}
