package dev.kume.cli.config;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.kume.core.inventory.Inventory;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a cluster stands for: the file of each is compared with the disks, targets, access and LUNs that it makes. */
final class ConfigGoldenTest {
    private static String resource(String name) throws IOException {
        try (InputStream in = ConfigGoldenTest.class.getResourceAsStream("/config/" + name)) {
            return new String(Objects.requireNonNull(in, name).readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"two-nodes", "one-target", "more-said"})
    void aClusterMakesItsParts(String name) throws Exception {
        FakeSurroundings surroundings = new FakeSurroundings();
        surroundings.secrets.add("n1");
        ConfigDocument document = ConfigReader.read(name + ".yaml", resource(name + ".yaml"));
        Inventory made =
                ConfigResolver.resolve(document, Inventory.EMPTY, surroundings).next();
        StringBuilder text = new StringBuilder();
        for (InventoryDiff.Change change : InventoryDiff.between(Inventory.EMPTY, made)) {
            text.append("%s %s '%s'%n".formatted(change.action(), change.kind().word(), change.name()));
            change.details().forEach(line -> text.append("    ").append(line).append('\n'));
        }
        assertEquals(resource(name + ".txt"), text.toString());
    }
}
