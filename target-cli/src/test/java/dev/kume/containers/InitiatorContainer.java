package dev.kume.containers;

import org.testcontainers.containers.GenericContainer;
import org.testcontainers.images.builder.Transferable;

/** The initiators of one distribution, in the network of the engine's host. */
final class InitiatorContainer implements AutoCloseable {
    private final GenericContainer<?> container;

    private InitiatorContainer(String image) {
        container = new GenericContainer<>(image).withNetworkMode("host");
    }

    /** It waits for what it is told to run. */
    static InitiatorContainer of(String image) {
        InitiatorContainer initiator = new InitiatorContainer(image);
        initiator.container.start();
        return initiator;
    }

    /** Open-iSNS' server on loopback, for {@link #registered}. */
    static InitiatorContainer isnsServer(int port) {
        InitiatorContainer server = new InitiatorContainer(Images.BOOKWORM);
        server.container
                .withCopyToContainer(Transferable.of("""
                        SourceName = iqn.2026-11.org.example:isns
                        DefaultDiscoveryDomain = 1
                        SLPRegister = 0
                        Security = 0
                        BindAddress = 127.0.0.1:%d
                        ControlSocket = /tmp/isnsd.sock
                        PIDFile = /tmp/isnsd.pid
                        Database = /tmp/isns
                        """.formatted(port)), "/etc/test-isnsd.conf")
                .withCopyToContainer(Transferable.of("""
                        SourceName = iqn.2026-11.org.example:isnsadm
                        Security = 0
                        ServerAddress = 127.0.0.1:%d
                        ControlSocket = /tmp/isnsd.sock
                        """.formatted(port)), "/etc/test-isnsadm.conf")
                .withCommand("isnsd", "-4", "-f", "-c", "/etc/test-isnsd.conf")
                .start();
        return server;
    }

    /** What an initiator is told that asks the server for this. */
    String registered(String query) {
        return run("isnsadm", "-c", "/etc/test-isnsadm.conf", "--query", query).out();
    }

    Said run(String... words) {
        return Said.by(container, "", words);
    }

    Said shell(String script) {
        return run("sh", "-ec", script);
    }

    /** What {@code --image-opts} of qemu's tools takes to be this initiator at LUN 0. */
    static String imageOptions(String portal, String initiator, String iqn) {
        return ("driver=raw,file.driver=iscsi,file.transport=tcp,file.portal=%s,file.target=%s,file.lun=0,"
                        + "file.initiator-name=%s")
                .formatted(portal, iqn, initiator);
    }

    @Override
    public void close() {
        container.stop();
    }
}
