package dev.kume.protocol.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.kume.protocol.connection.PortalAddresses.HostAddress;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Only what an initiator can reach is announced to it. */
final class PortalAddressesTest {
    /** This host: two storage networks, a client network, IPv6 beside, and loopback. */
    private static final List<HostAddress> HOST = List.of(
            own("127.0.0.1", 8),
            own("::1", 128),
            own("192.168.10.1", 24),
            own("192.168.20.1", 24),
            own("10.1.2.3", 8),
            own("fd00:10::1", 64),
            own("fd00:30::1", 64),
            own("2001:db8:1::1", 64),
            own("2001:db8:2::1", 64),
            own("fe80::1", 64));

    private static HostAddress own(String address, int prefixBits) {
        return new HostAddress(address(address), prefixBits);
    }

    private static InetAddress address(String literal) {
        try {
            return InetAddress.getByName(literal);
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    @ParameterizedTest(name = "{0}: to {2} through {1}")
    @CsvSource(
            delimiter = ';',
            value = {
                "0.0.0.0; 192.168.10.1; 192.168.10.77; 192.168.10.1",
                "0.0.0.0; 192.168.10.1; 192.168.20.77; 192.168.10.1 192.168.20.1",
                "0.0.0.0; 192.168.10.1; 172.16.0.9; 192.168.10.1",
                "0.0.0.0; 10.1.2.3; 10.200.0.1; 10.1.2.3",
                "0.0.0.0; 127.0.0.1; 127.0.0.1; 127.0.0.1",
                "0.0.0.0; 192.168.10.1; 192.168.10.1; 192.168.10.1",
                "192.168.10.1 192.168.20.1; 192.168.10.1; 192.168.10.77; 192.168.10.1",
                "192.168.10.1 192.168.20.1; 192.168.20.1; 192.168.10.77; 192.168.20.1 192.168.10.1",
                "192.168.10.1 127.0.0.1; 192.168.10.1; 192.168.10.77; 192.168.10.1",
                "192.168.10.1 127.0.0.1; 127.0.0.1; 127.0.0.1; 127.0.0.1",
                "::; fd00:10::1; fd00:10::77; fd00:10::1",
                "::; fd00:10::1; fd00:20::77; fd00:10::1",
                "::; fe80::1; fe80::77; fe80::1",
                "::; fd00:10::1; fe80::77; fd00:10::1",
                "::; fe80::1; fe80::1; fe80::1",
                "::; ::1; ::1; ::1",
                "::; fd00:10::1; fd00:30::77; fd00:10::1 fd00:30::1",
                "::; 2001:db8:1::1; 2001:db8:1::77; 2001:db8:1::1 2001:db8:2::1",
                "::; 2001:db8:1::1; 2001:db8:9::77; 2001:db8:1::1 2001:db8:2::1",
                "2001:db8:1::1; 2001:db8:1::1; 2001:db8:9::77; 2001:db8:1::1",
                "::; fd00:10::1; 2001:db8:9::77; fd00:10::1 2001:db8:1::1 2001:db8:2::1",
                "0.0.0.0 ::; 192.168.10.1; 192.168.20.77; 192.168.10.1 192.168.20.1",
                "0.0.0.0; 192.168.10.1; 192.168.10.77; 192.168.10.1"
            })
    void reachable(String listening, String local, String peer, String announced) {
        List<InetSocketAddress> sockets = Arrays.stream(listening.split(" "))
                .map(literal -> new InetSocketAddress(address(literal), 3260))
                .toList();
        List<InetSocketAddress> told =
                PortalAddresses.reachable(sockets, new InetSocketAddress(address(local), 3260), address(peer), HOST);
        assertEquals(
                Arrays.stream(announced.split(" "))
                        .map(literal -> address(literal).getHostAddress())
                        .toList(),
                told.stream()
                        .map(socket -> socket.getAddress().getHostAddress())
                        .collect(Collectors.toList()));
    }

    @Test
    void eachSocketKeepsItsPort() {
        List<InetSocketAddress> sockets = List.of(
                new InetSocketAddress(address("192.168.10.1"), 3260),
                new InetSocketAddress(address("192.168.10.1"), 3261));
        assertEquals(
                List.of(sockets.get(1), sockets.get(0)),
                PortalAddresses.reachable(sockets, sockets.get(1), address("192.168.10.9"), HOST));
    }

    @Test
    void thisHostHasAnAddress() {
        assertFalse(PortalAddresses.ofThisHost().isEmpty());
    }
}
