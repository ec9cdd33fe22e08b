package dev.kume.core.inventory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class IscsiNameTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "iqn.1991-05.com.microsoft:hv-node1",
                "iqn.1991-05.com.microsoft:hv-node1.corp.example.com",
                "iqn.2026-11.dev.kume:box-quorum",
                "iqn.2010-11.ronnie:iscsi-inq",
                "iqn.2007-10.com.github:sahlberg:libiscsi:iscsi-test",
                "iqn.2008-11.org.linux-kvm",
                "eui.02004567a425678d",
                "naa.52004567ba64678d",
                "naa.62004567ba64678d0123456789abcdef",
                "iqn.2026-11.dev.kume:b\u00fcro"
            })
    void namesOfTheStandardStayAsTheyAre(String name) {
        assertEquals(name, IscsiName.normalize(name));
    }

    @Test
    void caseAndCompatibilityCharactersFold() {
        assertEquals("iqn.1991-05.com.microsoft:hv-node1", IscsiName.normalize("IQN.1991-05.com.Microsoft:HV-NODE1"));
        assertEquals("eui.02004567a425678d", IscsiName.normalize("eui.02004567A425678D"));
        assertEquals("iqn.2026-11.dev.kume:a1", IscsiName.normalize("iqn.2026-11.dev.kume:\uff21\uff11"));
    }

    @Test
    void pointForColonInMicrosoftNames() {
        assertWrong(
                "iqn.1991-05.com.microsoft.hv-node1",
                "iqn.1991-05.com.microsoft.hv-node1: after \"iqn.1991-05.com.microsoft\" comes \":\", not \".\"; "
                        + "did you mean iqn.1991-05.com.microsoft:hv-node1?");
        assertWrong(
                "iqn.1991-05.com.microsoft",
                "iqn.1991-05.com.microsoft: after \"iqn.1991-05.com.microsoft\" comes \":\" and the host's name");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "hv-node1|hv-node1: an iSCSI name begins with \"iqn.\", \"eui.\" or \"naa.\", such as "
                        + "iqn.2026-11.dev.kume:hv-node1",
                "iqn.2026-13.dev.kume:a|iqn.2026-13.dev.kume:a: after \"iqn.\" comes the year and month in which its "
                        + "domain was owned, such as iqn.2026-11.dev.kume:hv-node1",
                "iqn.dev.kume:a|iqn.dev.kume:a: after \"iqn.\" comes the year and month in which its domain was owned, "
                        + "such as iqn.2026-11.dev.kume:hv-node1",
                "iqn.2026-11|iqn.2026-11: after the date comes a domain, its last part first, such as "
                        + "iqn.2026-11.dev.kume:hv-node1",
                "iqn.2026-11.:a|iqn.2026-11.:a: after the date comes a domain, its last part first, such as "
                        + "iqn.2026-11.dev.kume:hv-node1",
                "iqn.2026-11.dev..kume:a|iqn.2026-11.dev..kume:a: after the date comes a domain, its last part first, "
                        + "such as iqn.2026-11.dev.kume:hv-node1",
                "iqn.2026-11.dev.kume:|iqn.2026-11.dev.kume:: after \":\" comes a name of your own, such as "
                        + "iqn.2026-11.dev.kume:hv-node1",
                "iqn.2026-11.dev.kume:hv_node1|iqn.2026-11.dev.kume:hv_node1: \"_\" is not allowed in an iSCSI name; "
                        + "use letters, digits, \"-\", \".\" and \":\"",
                "eui.0200|eui.0200: after \"eui.\" come 16 hexadecimal digits, such as eui.02004567a425678d",
                "naa.5200456|naa.5200456: after \"naa.\" come 16 or 32 hexadecimal digits, such as "
                        + "naa.52004567ba64678d"
            })
    void wrongNamesNameTheRemedy(String name, String message) {
        assertWrong(name, message);
    }

    @Test
    void emptyNameIsRefused() {
        assertWrong("", "the iSCSI name is empty; write one such as iqn.2026-11.dev.kume:hv-node1");
    }

    @Test
    void lengthIsCountedInBytes() {
        String longest = "iqn.2026-11.dev.kume:" + "a".repeat(IscsiName.BYTES_MAX - 21);
        assertEquals(longest, IscsiName.normalize(longest));
        assertWrong(
                longest + "a",
                "the iSCSI name iqn.2026-11.dev.kume:aaaaaaaaaaaaaaaaaaa... has 224 bytes; it may have 223");
        String umlauts = "iqn.2026-11.dev.kume:" + "\u00fc".repeat(102);
        assertThrows(IllegalArgumentException.class, () -> IscsiName.normalize(umlauts));
    }

    @Test
    void namesOfPeersMayHaveAnyFormat() {
        assertEquals("my_host", IscsiName.normalizeOfPeer("My_Host"));
        assertThrows(IllegalArgumentException.class, () -> IscsiName.normalizeOfPeer(""));
        assertThrows(IllegalArgumentException.class, () -> IscsiName.normalizeOfPeer("a\nb"));
        assertThrows(IllegalArgumentException.class, () -> IscsiName.normalizeOfPeer("a".repeat(224)));
    }

    @Test
    void anyTextIsANameOrOneLineOfError() {
        Random random = new Random(3722);
        for (int trial = 0; trial < 20_000; trial++) {
            StringBuilder text = new StringBuilder(random.nextBoolean() ? "iqn.2026-11." : "");
            int length = random.nextInt(60);
            for (int i = 0; i < length; i++) {
                text.append((char) (random.nextInt(4) == 0 ? random.nextInt(0xD800) : random.nextInt(128)));
            }
            try {
                String name = IscsiName.normalize(text.toString());
                assertEquals(name, IscsiName.normalize(name));
            } catch (IllegalArgumentException e) {
                assertTrue(String.valueOf(e.getMessage()).lines().count() == 1, e.getMessage());
            }
        }
    }

    private static void assertWrong(String name, String message) {
        assertEquals(
                message,
                assertThrows(IllegalArgumentException.class, () -> IscsiName.normalize(name))
                        .getMessage());
    }
}
