package dev.kume.cli.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.kume.cli.api.ApiJson;
import dev.kume.cli.api.ApiPaths;
import dev.kume.cli.api.ConfigPlanView;
import dev.kume.cli.api.ConfigRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each {@code yaml} block of the documentation is what it looks like: settings that the daemon takes, a desired state
 * that can be planned, or a file for another program that is whole YAML.
 */
final class DocumentedYamlTest {
    private static final JsonMapper JSON = ApiJson.lenient();
    private static final Pattern BLOCK = Pattern.compile("(?sm)^ *```yaml\\n(.*?)^ *```$");
    private static final Set<String> PROVISIONED = Set.of("disks", "targets", "clusters", "credentials");

    /** Keys by which the files of container engines and of Kubernetes, Prometheus and Grafana are known. */
    private static final Set<String> FOREIGN = Set.of("services", "apiVersion", "scrape_configs");

    @TempDir
    Path folder;

    /** A block: where it stands, and its text. */
    record Sample(String where, String text) {
        @Override
        public String toString() {
            return where;
        }
    }

    static List<Sample> samples() throws IOException {
        List<Sample> samples = new ArrayList<>();
        try (Stream<Path> files = Files.walk(Path.of("../docs"))) {
            for (Path file : files.filter(name -> name.toString().endsWith(".md"))
                    .sorted()
                    .toList()) {
                String text = Files.readString(file);
                Matcher blocks = BLOCK.matcher(text);
                while (blocks.find()) {
                    long line = text.substring(0, blocks.start()).lines().count() + 1;
                    samples.add(new Sample(
                            file.getFileName() + ":" + line, blocks.group(1).stripIndent()));
                }
            }
        }
        return samples;
    }

    @Test
    void theSamplesAreFound() throws IOException {
        assertTrue(samples().size() >= 3, samples().toString());
    }

    @ParameterizedTest
    @MethodSource("samples")
    void isWhatItLooksLike(Sample sample) throws Exception {
        List<String> keys = new ArrayList<>();
        try (var documents = new YAMLMapper().readerFor(JsonNode.class).<JsonNode>readValues(sample.text())) {
            while (documents.hasNext()) {
                documents.next().fieldNames().forEachRemaining(keys::add);
            }
        }
        assertFalse(keys.isEmpty(), sample.where() + " is no mapping");
        boolean foreign = keys.stream().anyMatch(FOREIGN::contains);
        if (keys.stream().anyMatch(PROVISIONED::contains)) {
            assertEquals(List.of(), plan(sample).notes(), sample.where());
        } else if (!foreign) {
            String whole = keys.contains("schemaVersion") ? sample.text() : "schemaVersion: 1\n" + sample.text();
            SettingsFile.parse(Path.of(sample.where()), whole);
        }
    }

    @Test
    void theCompleteFileOfAllThereIsMakesAllOfIt() throws Exception {
        Sample complete = samples().stream()
                .filter(sample -> sample.where().startsWith("configuration.md"))
                .findFirst()
                .orElseThrow();
        assertEquals(11, plan(complete).changes().size());
    }

    private ConfigPlanView plan(Sample sample) throws Exception {
        // The disks of the page would fill a small machine: fixed ones take their space here as it is written.
        String text = sample.text().replaceAll("size: \\d+GB", "size: 2MB");
        List<ConfigRequest.Secret> secrets = Stream.of("nodes", "store")
                .map(name -> new ConfigRequest.Secret(
                        name, name.equals("nodes") ? "c2VjcmV0LW9mLTE0LWI=" : "YW5vdGhlci1vZi0xNi1i", null))
                .toList();
        try (RunningManagement kume = RunningManagement.in(folder)) {
            RunningManagement.Reply reply = kume.post(
                    ApiPaths.CONFIG_PLAN,
                    JSON.writeValueAsString(new ConfigRequest("page.yaml", text, null, secrets, null, null)));
            assertEquals(200, reply.status(), reply.toString());
            return JSON.treeToValue(reply.body(), ConfigPlanView.class);
        }
    }
}
