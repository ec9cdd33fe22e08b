package dev.kume.cli.timeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.cli.api.TimelineView;
import dev.kume.cli.journal.JournalEvent;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;

/** The page: complete in itself, well-formed drawings, and nothing that a name could smuggle in. */
final class TimelineHtmlTest {
    @Test
    void itTellsOfTheFailoverAndDrawsIt() throws Exception {
        String page = TimelineHtml.of(Script.failover().view(0, 120));
        assertTrue(page.contains("outage 9.3 s"), page);
        assertTrue(page.contains("1 failover, 0 planned moves"), page);
        String row = "<td class=\"time\">2026-11-27 12:01:12.100</td><td class=\"name\">hv-node2</td><td>vms</td>";
        assertTrue(page.contains(row), page);
        List<String> drawings = drawings(page);
        assertTrue(drawings.size() >= 2, "one of all nodes, one of the failover");
        for (String drawing : drawings) {
            DocumentBuilderFactory.newInstance()
                    .newDocumentBuilder()
                    .parse(new ByteArrayInputStream(drawing.getBytes(StandardCharsets.UTF_8)));
            assertFalse(drawing.contains("NaN"), drawing);
        }
    }

    @Test
    void itNeedsNothingFromAnywhereAndIsForDarkLightAndPaper() {
        String page = TimelineHtml.of(Script.failover().view());
        for (String outside : List.of("http:", "https:", "src=", "url(", "<script", "<link", "@import")) {
            assertFalse(page.contains(outside), outside);
        }
        assertTrue(page.contains("prefers-color-scheme: dark"));
        assertTrue(page.contains("@media print"));
    }

    @Test
    void anEmptyTimelineIsAPageToo() {
        String page = TimelineHtml.of(new Script().view(0, 0));
        assertTrue(page.contains("None did."));
        assertFalse(page.contains("NaN"));
    }

    @Test
    void whatAnInitiatorCallsItselfIsTextAndNoMarkup() {
        Script script = Script.failover();
        script.time(80).logout("hv-node2", 2, "<script>alert('&')</script>", 79);
        String page = TimelineHtml.of(script.view());
        assertFalse(page.contains("<script>"));
        assertTrue(page.contains("&lt;script&gt;alert(&#39;&amp;&#39;)&lt;/script&gt;"));
    }

    @Test
    void everyKindOfMoveIsDrawnAlsoWhereMostIsUnknown() {
        Script script = new Script();
        script.time(1).register(Script.VMS, "hv-node1", null).reserve(Script.VMS, "hv-node1");
        script.time(5).register(Script.VMS, "hv-node2", "hv-node1");
        script.time(6).preempt(Script.VMS, "hv-node1", "hv-node2", "hv-node1");
        script.time(9).preempt(Script.VMS, "hv-node2", "hv-node1", "hv-node2");
        script.time(12).release(Script.VMS, "hv-node2");
        script.time(13).reserve(Script.VMS, "hv-node3");
        TimelineView view = script.view();
        assertEquals(3, view.moves().size());
        assertEquals(
                1 + 3,
                drawings(TimelineHtml.of(view)).stream()
                        .filter(drawing -> drawing.contains("role=\"img\""))
                        .count());
    }

    @Test
    void theMarksOfTheAxisAreRoundAndFew() {
        for (long seconds : new long[] {1, 7, 61, 3_600, 86_400, 700_000, 80_000_000}) {
            TimeAxis axis = new TimeAxis(Script.NOON, Script.NOON.plusSeconds(seconds), 100, 800);
            assertTrue(axis.ticks().size() >= 1 && axis.ticks().size() <= 10, seconds + ": " + axis.ticks());
        }
        TimeAxis axis = new TimeAxis(Script.at(0.05), Script.at(10.05), 100, 800);
        assertEquals("12:00:02", axis.ticks().getFirst().text());
        assertEquals(100 + 800 * 1.95 / 10, axis.x(Script.at(2)), 1e-6);
    }

    private static List<String> drawings(String page) {
        List<String> drawings = new ArrayList<>();
        Matcher matcher = Pattern.compile("<svg.*?</svg>", Pattern.DOTALL).matcher(page);
        while (matcher.find()) {
            drawings.add(matcher.group());
        }
        return drawings;
    }

    @Test
    void theDaemonsOwnStartAndEndAreAmongTheEvents() {
        Script script = new Script();
        script.add(new JournalEvent.Started(Script.at(1), "0.1.0")).add(new JournalEvent.Stopped(Script.at(2)));
        assertTrue(TimelineHtml.of(script.view()).contains("the daemon stops"));
    }
}
