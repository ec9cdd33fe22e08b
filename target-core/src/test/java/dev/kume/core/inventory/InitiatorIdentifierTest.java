package dev.kume.core.inventory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.net.InetAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class InitiatorIdentifierTest {
    private static final String NODE1 = "iqn.1991-05.com.microsoft:hv-node1";

    @ParameterizedTest
    @CsvSource({
        "IQN.1991-05.com.microsoft:HV-Node1, Name, iqn.1991-05.com.microsoft:hv-node1",
        "eui.02004567A425678D, Name, eui.02004567a425678d",
        "' 192.168.10.21 ', Network, 192.168.10.21",
        "192.168.10.21/32, Network, 192.168.10.21",
        "192.168.10.0/24, Network, 192.168.10.0/24",
        "128.0.0.0/1, Network, 128.0.0.0/1",
        "FD00::21, Network, fd00:0:0:0:0:0:0:21",
        "fd00::/64, Network, fd00:0:0:0:0:0:0:0/64",
        "fd00::21/128, Network, fd00:0:0:0:0:0:0:21",
        "::ffff:192.168.10.21, Network, 192.168.10.21",
        "HV-Node1.Example.com., HostName, hv-node1.example.com",
        "hv-node1, HostName, hv-node1",
        "10.example.com, HostName, 10.example.com",
        "iqn.example.com.evil, Name, ''",
    })
    void everyFormIsKeptInOneSpelling(String given, String kind, String text) {
        if (text.isEmpty()) {
            assertThrows(InventoryException.class, () -> InitiatorIdentifier.parse(given));
            return;
        }
        InitiatorIdentifier entry = InitiatorIdentifier.parse(given);
        assertEquals(kind, entry.getClass().getSimpleName());
        assertEquals(text, entry.text());
        assertEquals(entry, InitiatorIdentifier.parse(text), "what is kept is understood again");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "10.0.0.1/24 | 10.0.0.1/24 has bits set behind its prefix; write 10.0.0.0/24 for the network, or 10.0.0.1"
                        + " for the one address",
                "fd00::1/64 | fd00::1/64 has bits set behind its prefix; write fd00:0:0:0:0:0:0:0/64 for the network, or"
                        + " fd00:0:0:0:0:0:0:1 for the one address",
                "10.0.0.0/0 | '10.0.0.0/0' has no prefix length from 1 to 32; write one such as 192.168.10.0/24",
                "10.0.0.0/33 | '10.0.0.0/33' has no prefix length from 1 to 32; write one such as 192.168.10.0/24",
                "10.0.0.0/-1 | '10.0.0.0/-1' has no prefix length from 1 to 32; write one such as 192.168.10.0/24",
                "10.0.0.0/ | '10.0.0.0/' has no prefix length from 1 to 32; write one such as 192.168.10.0/24",
                "10.0.0.0/255.0.0.0 | '10.0.0.0/255.0.0.0' has no prefix length from 1 to 32; write one such as"
                        + " 192.168.10.0/24",
                "fd00::/129 | 'fd00::/129' has no prefix length from 1 to 128; write one such as fd00::/64",
                "10.0.0 | '10.0.0' is not an address; write one such as 192.168.10.21 or fd00::21",
                "10.0.0.256 | '10.0.0.256' is not an address; write one such as 192.168.10.21 or fd00::21",
                "10.0.0.01 | '10.0.0.01' is not an address; write one such as 192.168.10.21 or fd00::21",
                "fd00:::1 | 'fd00:::1' is not an address; write one such as 192.168.10.21 or fd00::21",
                "fe80::1%eth0 | 'fe80::1%eth0' is not an address; write one such as 192.168.10.21 or fd00::21",
                "0.0.0.0 | no initiator connects from 0.0.0.0; write its address, such as 192.168.10.21",
                "224.0.0.1 | no initiator connects from 224.0.0.1; write its address, such as 192.168.10.21",
                "a_b.example.com | 'a_b.example.com' is no iSCSI name, address, network or DNS name; write one such as"
                        + " iqn.1991-05.com.microsoft:hv-node1, 192.168.10.0/24 or hv-node1.example.com",
            })
    void whatMakesNoSenseIsRefusedWithARemedy(String given, String message) {
        InventoryException refusal = assertThrows(InventoryException.class, () -> InitiatorIdentifier.parse(given));
        assertEquals(message, refusal.getMessage());
        assertEquals(InventoryException.Kind.INVALID, refusal.kind());
    }

    @Test
    void aNameThatIsTooLongForDnsIsRefused() {
        String label = "a".repeat(63);
        assertThrows(InventoryException.class, () -> InitiatorIdentifier.parse("a" + label + ".example.com"));
        String most = "%s.%s.%s.%s".formatted(label, label, label, label.substring(2));
        assertEquals(most, InitiatorIdentifier.parse(most).text());
        assertThrows(InventoryException.class, () -> InitiatorIdentifier.parse(most + "a"));
    }

    @ParameterizedTest
    @CsvSource({
        "192.168.10.0/24, 192.168.10.0, true",
        "192.168.10.0/24, 192.168.10.255, true",
        "192.168.10.0/24, 192.168.11.0, false",
        "192.168.10.128/25, 192.168.10.127, false",
        "10.0.0.0/7, 11.255.0.1, true",
        "10.0.0.0/7, 12.0.0.1, false",
        "192.168.10.21, 192.168.10.21, true",
        "192.168.10.21, 192.168.10.20, false",
        "fd00::/64, fd00::ffff:1, true",
        "fd00::/64, fd00:0:0:1::1, false",
        "fd00::/63, fd00:0:0:1::1, true",
        "fd00::/8, 192.168.10.21, false",
        "iqn.1991-05.com.microsoft:hv-node1, 10.0.0.1, true",
        "iqn.1991-05.com.microsoft:hv-node2, 10.0.0.1, false",
        "hv-node1.example.com, 10.0.0.1, false",
    })
    void whomAnEntryIsAbout(String entry, String address, boolean about) {
        assertEquals(about, InitiatorIdentifier.parse(entry).isAbout(NODE1, InetAddress.ofLiteral(address)));
    }
}
