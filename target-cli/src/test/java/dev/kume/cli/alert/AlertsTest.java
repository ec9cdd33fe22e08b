package dev.kume.cli.alert;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What raises an alarm, and what only looks like it. A script is a line of words; {@code 60s} lets time pass.
 *
 * <pre>
 * +1a -1b    node 1 logs in by way a, loses way b; v is a session of a validation
 * seen:1     node 1 was logged in before the daemon started (refused:1, discovered:1: has tried)
 * off:vms    the disk goes offline by itself; asked:vms because somebody wants it; on:vms
 * takes:vms=12   a command of the disk takes 12 seconds already
 * took:200=5     200 commands of vms took 5 ms each
 * free:/srv=8    8 percent of the file system are free; grow:3 thin disks may still take 3 GiB
 * </pre>
 */
final class AlertsTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            nullValues = "-",
            value = {
                // A start, with nobody there yet.
                "600s|-",
                "+1a +1b +2a +2b 600s|-",
                // Nodes: gone after the grace time; a restart within it is none.
                "+1a +1b 10s -1a -1b 60s|-",
                "+1a +1b 10s -1a -1b 115s +1a +1b 300s|-",
                "+1a +1b 10s -1a -1b 130s|node-gone n1",
                "+1a +1b 10s -1a -1b 130s +1a +1b|-",
                "seen:1 60s|-",
                "seen:1 130s|node-gone n1",
                "seen:1 130s +1a|-",
                "refused:1 discovered:2 600s|-",
                "+1a +1b 10s -1a -1b disabled:n1 600s|-",
                // A validation that stands in for a node is no node.
                "+1v 600s -1v 600s|-",
                "+1a +1b 10s -1a -1b +1v 130s|node-gone n1",
                // Paths: fewer than there were; a node that never had two has none to lose.
                "+1a 600s|-",
                "+1a +1b 10s -1b 60s|-",
                "+1a +1b 10s -1b 130s|node-one-path n1",
                "+1a +1b 10s -1b 130s +1b|-",
                "+1a +1b 10s -1b 130s -1a 130s|node-gone n1",
                "+1a +1b 10s -1b portals:1 600s|-",
                "+1a +1b 10s -1b 130s dissolve|-",
                "+1a +1b 10s -1a -1b 130s busy 60s|node-gone n1",
                "+1a +1b 10s busy 600s|-",
                // Disks.
                "off:vms 5s on:vms 60s|-",
                "off:vms 30s|disk-offline vms",
                "off:vms 30s on:vms|-",
                "off:vms 30s remove:vms|-",
                "asked:vms 600s|-",
                "gone:vms 10s back:vms 60s|-",
                "gone:vms 40s|disk-file-gone vms",
                "gone:vms 40s back:vms 10s|-",
                "unmount 40s|disk-file-gone plain, disk-file-gone quorum, disk-file-gone vms",
                "unmount 40s mount 10s|-",
                "off:vms gone:vms 40s|disk-offline vms",
                "io:vms 5s|disk-failing vms",
                "io:vms 500s|disk-failing vms",
                "io:vms 620s|-",
                "io:vms 300s io:vms 400s|disk-failing vms",
                // A device that does not answer, and one that is slow to come back.
                "takes:vms=9 60s|-",
                "takes:vms=11 5s|disk-stuck vms",
                "takes:vms=11 5s takes:vms=0 20s|disk-stuck vms",
                "takes:vms=11 5s takes:vms=0 10s takes:vms=6 10s takes:vms=0 20s|disk-stuck vms",
                "takes:vms=11 5s takes:vms=0 40s|-",
                "takes:vms=11 5s remove:vms|-",
                // A device that is slow for a minute, one that was once, and one of which little is known.
                "10s took:200=1500 60s|disk-slow vms",
                "10s took:200=900 60s|-",
                "10s took:1000=5 took:5=4000 60s|-",
                "10s took:1000=5 took:20=4000 60s|disk-slow vms",
                "10s took:10=4000 60s|-",
                "10s took:200=1500 60s took:200=700 60s|disk-slow vms",
                "10s took:200=1500 60s took:200=300 60s|-",
                "10s took:200=1500 130s|-",
                // Reservations.
                "register:1 register:2 reserve:1 60s|-",
                "validates:x 60s|-",
                "register:x 60s|stranger-registered vms",
                "register:x 5s clear 60s|-",
                "register:x reserve:x 60s|stranger-reserved vms",
                "register:x reserve:x 60s clear|-",
                "register:x 60s dissolve|-",
                // Space: where something grows.
                "free:/srv=3 60s|-",
                "grow:10 free:/srv=11 60s|-",
                "grow:10 free:/srv=10 60s|space-low /srv (/dev/sdb)",
                "grow:10 free:/srv=10 60s free:/srv=12 60s|space-low /srv (/dev/sdb)",
                "grow:10 free:/srv=10 60s free:/srv=13 60s|-",
                "grow:10 free:/srv=5 60s|space-critical /srv (/dev/sdb)",
                "grow:10 free:/srv=5 60s free:/srv=7 60s|space-critical /srv (/dev/sdb)",
                "grow:10 free:/srv=5 60s free:/srv=8 60s|space-low /srv (/dev/sdb)",
                "free:/var/lib/kume=4 60s|space-critical /var/lib/kume (/dev/sdb)",
                "hang 10s|-",
                "hang 40s|file-system-unreachable /srv, file-system-unreachable /var/lib/kume",
                "hang 40s answer 20s|-",
                // The clock.
                "20s wall:4 20s|-",
                "20s wall:-4 20s|-",
                "20s wall:3600 20s|clock-jumped clock",
                "20s wall:-3600 20s|clock-jumped clock",
                "20s wall:-3600 610s|-",
            })
    void stands(String script, String alarms) {
        assertEquals(alarms == null ? "" : alarms, new AlertHost().run(script).standing());
    }

    @Test
    void aThresholdOfZeroRaisesNothing() {
        AlertHost host = new AlertHost();
        host.inbox.settings(new AlertSettings(0, 0, 0, 120, 0, 0));
        assertEquals("", host.run("grow:10 free:/srv=1 takes:vms=100 60s").standing());
    }

    @Test
    void overCommitIsToldWhereItIsAskedFor() {
        AlertHost host = new AlertHost();
        assertEquals("", host.run("grow:200 60s").standing());
        host.inbox.settings(new AlertSettings(10, 5, 300, 120, 0, 0));
        assertEquals("over-committed /srv (/dev/sdb)", host.run("10s").standing());
        assertEquals(
                "thin disks in the file system /srv (/dev/sdb) may still take 200 GB, and 50 GB is free", host.text());
    }

    @Test
    void aFillingFileSystemSaysWhatIsPromisedAndWhenItIsFull() {
        AlertHost host = new AlertHost();
        host.run("grow:30 free:/srv=20 300s free:/srv=15 300s free:/srv=10 20s");
        assertEquals(
                "the file system /srv (/dev/sdb) (/srv) has 10 GB of 100 GB free, 10 %; thin disks there may still take"
                        + " 30 GB; full in about 10 minutes at the rate of the last 10 minutes",
                host.text());
    }

    @Test
    void eachIsOneLineWhenItBeginsAndOneWhenItIsOver() {
        AlertHost host = new AlertHost();
        host.run("20s off:vms 120s on:vms 20s wall:60 900s");
        List<String> lines = host.lines.all();
        assertEquals(4, lines.size(), lines::toString);
        assertEquals(
                "begun disk 'vms' is offline: cannot be opened; mend that, then run 'kume disk online vms'",
                lines.get(0));
        assertTrue(lines.get(1).startsWith("over disk 'vms'"), lines::toString);
        assertTrue(
                lines.get(2).startsWith("begun the clock of this host was set forward by 60 seconds"), lines::toString);
        assertTrue(lines.get(3).startsWith("over the clock"), lines::toString);
    }

    @Test
    void aLookAtThousandsOfDisksIsShort() {
        AlertHost host = new AlertHost();
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < 4_093; i++) {
            host.add("d" + i, random);
        }
        host.run("unmount 40s");
        assertEquals(1_000, host.inbox.alarms().list().size());
        assertEquals("", host.run("mount 20s").standing());
    }
}
