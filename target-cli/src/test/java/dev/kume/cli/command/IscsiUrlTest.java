package dev.kume.cli.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.cli.terminal.CliException;
import dev.kume.cli.terminal.ExitCode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What names a disk at a portal, and what does not. */
final class IscsiUrlTest {
    @ParameterizedTest
    @CsvSource({
        "iscsi://10.0.0.10/iqn.2026-01.lab:n1/0, 10.0.0.10, 3260, iqn.2026-01.lab:n1, 0",
        "iscsi://san.example.com:13260/iqn.x/255, san.example.com, 13260, iqn.x, 255",
        "iscsi://[fd00::10]:860/eui.02004567A425678D/16383, fd00::10, 860, eui.02004567A425678D, 16383",
        "iscsi://[::1]/iqn.x/1, ::1, 3260, iqn.x, 1",
    })
    void itsParts(String text, String host, int port, String target, int lun) {
        assertEquals(new IscsiUrl(host, port, target, lun), IscsiUrl.of(text));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "10.0.0.10",
                "iscsi://10.0.0.10",
                "iscsi://10.0.0.10/iqn.x",
                "iscsi://10.0.0.10/iqn.x/",
                "iscsi://10.0.0.10/iqn.x/one",
                "iscsi://user%pw@10.0.0.10/iqn.x/1",
                "iscsi://fd00::10/iqn.x/1",
                "http://10.0.0.10/iqn.x/1",
            })
    void otherTextSaysHowItIsWritten(String text) {
        CliException refusal = assertThrows(CliException.class, () -> IscsiUrl.of(text));
        assertEquals(ExitCode.USAGE, refusal.exitCode());
        assertTrue(String.valueOf(refusal.getMessage()).contains("iscsi://HOST[:PORT]/TARGET/LUN"));
    }

    @Test
    void numbersHaveBounds() {
        assertThrows(CliException.class, () -> IscsiUrl.of("iscsi://h:0/iqn.x/1"));
        assertThrows(CliException.class, () -> IscsiUrl.of("iscsi://h:65536/iqn.x/1"));
        assertThrows(CliException.class, () -> IscsiUrl.of("iscsi://h/iqn.x/16384"));
    }
}
