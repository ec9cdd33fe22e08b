package dev.kume.protocol.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.core.Limits;
import dev.kume.protocol.pdu.LoginStatus;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** One line for the first refusal, one for the rest of its burst. */
final class RefusalLogTest {
    private static final String FIRST = "login refused: iqn.2026-11.dev.kume:n1 from 127.0.0.1 wants"
            + " iqn.2026-11.dev.kume:t: 2/02 not allowed on this target: no; type this";

    private final SetClock clock = new SetClock();
    private final List<String> lines = new ArrayList<>();
    private final RefusalLog log =
            new RefusalLog(clock, Limits.DEFAULTS, (event, values) -> lines.add(event.text(values)));

    @Test
    void burstIsItsFirstLineAndASum() {
        for (int i = 0; i < 25; i++) {
            refuse("n1");
            clock.passSeconds(5);
            log.tick();
        }
        assertEquals(List.of(FIRST), lines);
        clock.passSeconds(61);
        log.tick();
        assertEquals(2, lines.size());
        assertEquals(
                "login refused 24 times more since 2026-11-26T10:00:00Z: " + FIRST.substring(15, FIRST.indexOf(';')),
                lines.get(1));
        refuse("n1");
        assertEquals(FIRST, lines.get(2));
    }

    @Test
    void singleRefusalHasNoSum() {
        refuse("n1");
        clock.passSeconds(600);
        log.tick();
        log.close();
        assertEquals(List.of(FIRST), lines);
    }

    @Test
    void burstWithoutEndIsSummedUpNowAndThen() {
        for (int i = 0; i < 720; i++) {
            refuse("n1");
            clock.passSeconds(5);
            log.tick();
        }
        assertTrue(lines.size() >= 6 && lines.size() <= 7, lines::toString);
    }

    @Test
    void whatWasCountedIsWrittenAtTheEnd() {
        refuse("n1");
        refuse("n1");
        log.close();
        assertTrue(lines.get(1).startsWith("login refused 1 times more since "), lines::toString);
    }

    @Test
    void floodUnderManyNamesIsCutAndCounted() {
        for (int i = 0; i < 5_000; i++) {
            refuse("n" + i);
        }
        assertEquals(60, lines.size());
        clock.passSeconds(61);
        log.tick();
        assertEquals(
                "4940 more lines about refused logins were left out: somebody tries under many names", lines.get(60));
    }

    private void refuse(String node) {
        log.refused(
                new LoginRefusal(
                        "iqn.2026-11.dev.kume:" + node,
                        InetAddress.getLoopbackAddress(),
                        "iqn.2026-11.dev.kume:t",
                        LoginStatus.AUTHORIZATION_FAILURE,
                        "no"),
                refusal -> "type this");
    }
}
