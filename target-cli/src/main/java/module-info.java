/** The Kume daemon and its admin CLI. */
module dev.kume.cli {
    requires ch.qos.logback.classic;
    requires ch.qos.logback.core;
    requires com.fasterxml.jackson.databind;
    requires com.fasterxml.jackson.dataformat.yaml;
    requires dev.kume.protocol;
    requires info.picocli;
    requires io.netty.buffer;
    requires io.netty.codec;
    requires io.netty.codec.http;
    requires io.netty.common;
    requires io.netty.handler;
    requires io.netty.transport;
    requires io.netty.transport.classes.epoll;
    requires io.prometheus.metrics.config;
    requires io.prometheus.metrics.model;
    requires io.prometheus.writer.text;
    requires java.management;
    requires jdk.net;
    requires org.slf4j;
    requires static org.jspecify;

    exports dev.kume.cli.api;

    // The log sets itself up when the first logger is asked for.
    provides ch.qos.logback.classic.spi.Configurator with
            dev.kume.cli.LogStart;

    // Jackson reads the records of the wire and of the YAML files by reflection.
    opens dev.kume.cli.api to
            com.fasterxml.jackson.databind;

    // picocli fills the options and calls the constructors of the commands by reflection.
    opens dev.kume.cli.command to
            info.picocli;
}
