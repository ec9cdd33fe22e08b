/** Kume protocol: iSCSI (RFC 7143) over Netty. */
module dev.kume.protocol {
    requires transitive dev.kume.core;
    requires transitive io.netty.buffer;
    requires io.netty.common;
    requires io.netty.transport;
    requires io.netty.transport.classes.epoll;
    requires io.netty.transport.unix.common;
    requires transitive org.slf4j;
    requires jdk.jfr;
    requires static org.jspecify;

    exports dev.kume.protocol.cluster;
    exports dev.kume.protocol.connection;
    exports dev.kume.protocol.event;
    exports dev.kume.protocol.initiator;
    exports dev.kume.protocol.isns;
    exports dev.kume.protocol.login;
    exports dev.kume.protocol.pdu;
    exports dev.kume.protocol.server;
    exports dev.kume.protocol.trace;
    exports dev.kume.protocol.validation;
}
