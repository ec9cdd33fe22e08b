package dev.kume.cli.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.kume.cli.api.ApiJson;
import dev.kume.cli.api.ApiPaths;
import dev.kume.cli.api.ConfigPlanView;
import dev.kume.cli.api.ConfigRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The sample in the documentation can be planned as it stands there. */
final class ConfigurationPageTest {
    private static final JsonMapper JSON = ApiJson.lenient();

    @TempDir
    Path folder;

    @Test
    void theCompleteFileIsOne() throws Exception {
        String page = Files.readString(Path.of("../docs/configuration.md"));
        int begin = page.indexOf("```yaml\n") + "```yaml\n".length();
        // The disks of the page would fill a small machine: fixed ones take their space here as it is written.
        String text = page.substring(begin, page.indexOf("```", begin)).replace("size: 2GB", "size: 2MB");
        List<ConfigRequest.Secret> secrets = Stream.of("nodes", "store")
                .map(name -> new ConfigRequest.Secret(
                        name, name.equals("nodes") ? "c2VjcmV0LW9mLTE0LWI=" : "YW5vdGhlci1vZi0xNi1i", null))
                .toList();
        try (RunningManagement kume = RunningManagement.in(folder)) {
            RunningManagement.Reply reply = kume.post(
                    ApiPaths.CONFIG_PLAN,
                    JSON.writeValueAsString(new ConfigRequest("page.yaml", text, null, secrets, null, null)));
            assertEquals(200, reply.status(), reply.toString());
            ConfigPlanView plan = JSON.treeToValue(reply.body(), ConfigPlanView.class);
            assertEquals(11, plan.changes().size(), plan.toString());
            assertEquals(List.of(), plan.notes());
        }
    }
}
