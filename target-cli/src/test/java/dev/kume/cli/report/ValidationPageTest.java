package dev.kume.cli.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.cli.api.ValidationView;
import dev.kume.cli.api.ValidationView.Finding;
import dev.kume.cli.api.ValidationView.Line;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The page of a report: nothing of what a target says becomes markup, and nothing is fetched from anywhere. */
final class ValidationPageTest {
    private static final Instant AT = Instant.parse("2026-11-23T09:00:00.123Z");
    private static final String EVIL = "<script>alert('x')</script>\"&\u202e\u0007";

    private static ValidationView.Test test(String id, String result, Finding finding, int linesLeftOut) {
        Line step = new Line(1, AT, EVIL, EVIL, "Reserving " + EVIL, null, null, null, null, null);
        Line command =
                new Line(9, AT, "node1", "d1", "", "PERSISTENT RESERVE OUT, RESERVE (01h)", "GOOD", EVIL, 1_234L, EVIL);
        return new ValidationView.Test(
                id,
                EVIL,
                EVIL,
                result,
                finding == null ? "" : EVIL,
                finding,
                AT,
                AT,
                linesLeftOut,
                List.of(step, command));
    }

    private static ValidationView view() {
        List<ValidationView.Test> tests = new ArrayList<>();
        tests.add(test("one", ValidationView.SUCCESS, null, 0));
        tests.add(test("two", ValidationView.FAILED, new Finding(EVIL, EVIL, EVIL, EVIL), 7));
        tests.add(test("three", ValidationView.WARNING, null, 0));
        tests.add(test("four", ValidationView.CANCELED, null, 0));
        return new ValidationView(
                EVIL,
                ValidationView.FAILED,
                "1 of 4 tests failed.",
                AT,
                AT.plusMillis(1_500),
                false,
                100,
                233,
                List.of(new ValidationView.Node(EVIL, List.of(new ValidationView.Path(EVIL, EVIL, EVIL)))),
                List.of(new ValidationView.Disk(EVIL, EVIL, EVIL, EVIL, 1 << 30, 512, List.of(1, 2))),
                List.of(EVIL),
                tests);
    }

    @Test
    void whatATargetSaysIsText() {
        String page = ValidationPage.of(view());
        assertFalse(page.contains("<script"), page);
        assertFalse(page.contains("\u202e") || page.contains("\u0007"));
        assertTrue(page.contains("&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&quot;&amp;??"), page);
    }

    @Test
    void everyLinkLeadsToAPlaceOfThePageAndNothingIsFetched() {
        String page = ValidationPage.of(view());
        Set<String> ids = new HashSet<>(found(page, "id=\"([^\"]+)\""));
        List<String> links = found(page, "href=\"#([^\"]+)\"");
        assertTrue(links.size() >= 8, links::toString);
        assertTrue(ids.containsAll(links), () -> links + " in " + ids);
        assertEquals(List.of(), found(page, "(https?://|src=|@import|url\\()"));
    }

    @Test
    void everyElementThatIsOpenedIsClosed() {
        String page = ValidationPage.of(view());
        for (String element : List.of("table", "tr", "td", "section", "details", "dl", "dd", "main", "body", "h2")) {
            assertEquals(
                    found(page, "(<" + element + "[ >])").size(),
                    found(page, "(</" + element + ">)").size(),
                    element);
        }
    }

    @Test
    void resultsAreWordsAndTheVerdictEndsThePage() {
        String page = ValidationPage.of(view());
        for (String word : List.of("Success", "Warning", "Failed", "Canceled")) {
            assertTrue(page.contains(">" + word + "</span>"), word);
        }
        assertTrue(page.contains("7 lines are left out here"), page);
        assertTrue(page.contains("1.234 ms"), page);
        assertTrue(page.contains("owners defended every 100 ms, challengers waited 233 ms"), page);
        assertTrue(page.contains("<footer>\n<p>1 of 4 tests failed.</p>"), page);
        assertTrue(page.contains("prefers-color-scheme: dark") && page.contains("@media print"), page);
    }

    private static List<String> found(String page, String pattern) {
        return Pattern.compile(pattern)
                .matcher(page)
                .results()
                .map((MatchResult match) -> match.group(1))
                .toList();
    }
}
