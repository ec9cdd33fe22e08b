package dev.kume.containers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The families of libiscsi's conformance tests that take a second or less, as a release has them: how many tests of
 * each must pass, and which may not. Left out are those that wait (Reserve6, Sanitize, WriteAtomic16; iSCSIcmdsn once),
 * those that ask for what such a disk is not (NoMedia, PreventAllow, StartStopUnit, ReadOnly), those in which the tool
 * fails against every target (iSCSIdatasn, iSCSITMF), and MultipathIO.
 */
enum ConformanceSmoke {
    OF_1_19("CompareAndWrite 5  ExtendedCopy 6  iSCSIResiduals 10"),
    // It has a test more of COMPARE AND WRITE, which alters other PDUs than the one that it means to alter, and one of
    // EXTENDED COPY.
    OF_1_20("CompareAndWrite 5 -InvalidDataOutSize  ExtendedCopy 7 skipped 1  iSCSIcmdsn 2" + "  iSCSIResiduals 10");

    private static final Pattern FAMILY = Pattern.compile("(?m)^Family: (\\S+)$");
    private static final Pattern FAILED = Pattern.compile("Test (\\S+) had failures:");
    private static final Pattern SKIPPED = Pattern.compile("\\[SKIPPED\\]");
    private static final Pattern TESTS = Pattern.compile("tests\\s+(\\d+)\\s+(\\d+)\\s+(\\d+)\\s+(\\d+)");
    private static final Pattern ASSERTS = Pattern.compile("asserts\\s+(\\d+)\\s+(\\d+)\\s+(\\d+)\\s+(\\d+)");

    private final Map<String, String> expected = new TreeMap<>();

    ConformanceSmoke(String own) {
        for (String each : (own + "  " + Common.FAMILIES).split(" {2}")) {
            int space = each.indexOf(' ');
            expected.put(each.substring(0, space), each.substring(space + 1));
        }
    }

    /** One run of the tool for each family. */
    String script(String initiator, String other, String url) {
        return """
                for each in %s; do
                    echo "Family: $each"
                    timeout 30 iscsi-test-cu --initiator-name=%s --initiator-name-2=%s --dataloss --normal \\
                        --test="ALL.$each" "%s" || true
                done""".formatted(String.join(" ", expected.keySet()), initiator, other, url);
    }

    /** Compares what the script said, family by family. */
    void check(Said said) {
        Map<String, String> seen = new TreeMap<>();
        Matcher families = FAMILY.matcher(said.outOfSuccess());
        while (families.find()) {
            String text = said.out().substring(families.end());
            seen.put(families.group(1), verdict(families.group(1), text.split("(?m)^Family: ", 2)[0]));
        }
        assertFalse(seen.isEmpty(), said::toString);
        assertEquals(expected, seen, said::toString);
    }

    /** {@code 9 -Name}: nine have passed, and Name has not. Of those that passed the tool may have left some out. */
    private static String verdict(String family, String text) {
        Matcher asserts = ASSERTS.matcher(text);
        Matcher tests = TESTS.matcher(text);
        assertTrue(asserts.find() && tests.find(), () -> family + " came to no end:\n" + text);
        assertTrue(Integer.parseInt(asserts.group(2)) > 0, () -> family + " asserted nothing:\n" + text);
        StringBuilder verdict = new StringBuilder(tests.group(3));
        FAILED.matcher(text).results().forEach(failed -> verdict.append(" -").append(failed.group(1)));
        long skipped = SKIPPED.matcher(text).results().count();
        return skipped == 0 ? verdict.toString() : verdict + " skipped " + skipped;
    }

    private static final class Common {
        /** The same in both; the two that fail are wrong in the tool, as docs/conformance.md proves. */
        static final String FAMILIES = "GetLBAStatus 2 -UnmapSingle  Inquiry 7  Mandatory 1  ModeSense6 5  OrWrite 6"
                + "  Prefetch10 4  Prefetch16 4  PrinReadKeys 2  PrinServiceactionRange 1  PrinReportCapabilities 1"
                + "  ProutRegister 1  ProutReserve 13  ProutClear 1  ProutPreempt 1  Read6 2  Read10 6  Read12 5  Read16 5"
                + "  ReadCapacity10 1  ReadCapacity16 4  ReadDefectData10 1  ReadDefectData12 1  ReceiveCopyResults 2"
                + "  ReportSupportedOpcodes 4  TestUnitReady 1  Unmap 3  Verify10 8  Verify12 8  Verify16 8  Write10 6"
                + "  Write12 5  Write16 5  WriteSame10 9 -UnmapUntilEnd  WriteSame16 10  WriteVerify10 6  WriteVerify12 6"
                + "  WriteVerify16 6";
    }
}
