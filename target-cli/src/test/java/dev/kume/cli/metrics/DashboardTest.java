package dev.kume.cli.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The dashboard for Grafana asks for what there is, by the labels that it has. */
final class DashboardTest {
    private static final Pattern NAME = Pattern.compile("\\bkume_[a-z_]+");
    private static final Pattern LABEL = Pattern.compile("([a-z]+)=~?\"");
    private static final Pattern GROUPS = Pattern.compile("by \\(([^)]*)\\)");

    /** What Prometheus itself adds. */
    private static final Set<String> OF_PROMETHEUS = Set.of("instance", "job", "le");

    @Test
    void everyQueryAsksForAMetricThatThereIsByItsLabels() throws IOException {
        Map<String, Set<String>> known = known();
        List<String> queries = queries();
        assertTrue(queries.size() > 40, () -> "queries: " + queries.size());
        for (String query : queries) {
            Set<String> labels = new HashSet<>(OF_PROMETHEUS);
            Matcher name = NAME.matcher(query);
            boolean found = false;
            while (name.find()) {
                Set<String> has = known.get(name.group());
                assertTrue(has != null, () -> name.group() + " is no metric: " + query);
                labels.addAll(has);
                found = true;
            }
            assertTrue(found, query);
            Matcher label = LABEL.matcher(query);
            while (label.find()) {
                assertTrue(labels.contains(label.group(1)), () -> label.group(1) + " is no label: " + query);
            }
            Matcher groups = GROUPS.matcher(query);
            while (groups.find()) {
                for (String each : groups.group(1).split(", ")) {
                    assertTrue(labels.contains(each), () -> each + " is no label: " + query);
                }
            }
        }
    }

    @Test
    void panelsHaveNumbersOfTheirOwnAndDoNotLieOnEachOther() throws IOException {
        Set<Integer> ids = new HashSet<>();
        Set<String> cells = new HashSet<>();
        for (JsonNode panel : dashboard().path("panels")) {
            assertTrue(ids.add(panel.path("id").asInt()), panel.path("title").asText());
            JsonNode at = panel.path("gridPos");
            assertTrue(
                    at.path("x").asInt() + at.path("w").asInt() <= 24,
                    panel.path("title").asText());
            for (int x = 0; x < at.path("w").asInt(); x++) {
                for (int y = 0; y < at.path("h").asInt(); y++) {
                    assertTrue(
                            cells.add((at.path("x").asInt() + x) + ","
                                    + (at.path("y").asInt() + y)),
                            panel.path("title").asText());
                }
            }
        }
        assertEquals(ids.size(), dashboard().path("panels").size());
    }

    /** The names of series with their labels. */
    private static Map<String, Set<String>> known() {
        Map<String, Set<String>> known = new HashMap<>();
        for (Metric metric : Metric.values()) {
            Set<String> labels = Set.copyOf(metric.labels());
            switch (metric.type()) {
                case COUNTER, GAUGE, INFO -> known.put(metric.shownName(), labels);
                case HISTOGRAM, SUMMARY -> {
                    known.put(metric.id() + "_count", labels);
                    known.put(metric.id() + "_sum", labels);
                }
            }
            if (metric.type() == Metric.Type.HISTOGRAM) {
                known.put(metric.id() + "_bucket", labels);
            }
        }
        return known;
    }

    private static List<String> queries() throws IOException {
        List<String> queries = new ArrayList<>();
        for (JsonNode panel : dashboard().path("panels")) {
            panel.path("targets")
                    .forEach(target -> queries.add(target.path("expr").asText()));
        }
        return queries;
    }

    private static JsonNode dashboard() throws IOException {
        return new ObjectMapper().readTree(Path.of("../docs/grafana/kume.json").toFile());
    }
}
