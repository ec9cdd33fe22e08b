package dev.kume.cli.daemon;

import dev.kume.cli.yaml.YamlException;
import dev.kume.cli.yaml.YamlKeys;
import dev.kume.core.Nearest;
import dev.kume.protocol.login.ChapAlgorithm;
import dev.kume.protocol.login.LoginSecurity;
import java.util.Arrays;
import java.util.List;

/** The block {@code authentication} of {@code kume.yaml}. */
final class ChapAlgorithms {
    private ChapAlgorithms() {}

    static List<ChapAlgorithm> read(YamlKeys keys) throws YamlException {
        boolean given = keys.has("chapAlgorithms");
        List<ChapAlgorithm> algorithms = keys.parsedList("chapAlgorithms", ChapAlgorithms::ofWord);
        keys.end();
        if (given && algorithms.isEmpty()) {
            throw keys.complain("chapAlgorithms", "no algorithm is allowed; name at least one of " + words());
        }
        if (algorithms.stream().distinct().count() < algorithms.size()) {
            throw keys.complain("chapAlgorithms", "an algorithm is there twice; remove it once");
        }
        return given ? algorithms : LoginSecurity.DEFAULT.algorithms();
    }

    private static ChapAlgorithm ofWord(String text) {
        for (ChapAlgorithm algorithm : ChapAlgorithm.values()) {
            if (algorithm.digestName().equalsIgnoreCase(text)) {
                return algorithm;
            }
        }
        List<String> near = Nearest.to(text, names());
        throw new IllegalArgumentException("'%s' is not an algorithm of CHAP; %s"
                .formatted(
                        text,
                        near.isEmpty() ? "use " + words() : "did you mean %s?".formatted(String.join(" or ", near))));
    }

    private static List<String> names() {
        return Arrays.stream(ChapAlgorithm.values())
                .map(ChapAlgorithm::digestName)
                .toList();
    }

    private static String words() {
        return String.join(", ", names());
    }
}
