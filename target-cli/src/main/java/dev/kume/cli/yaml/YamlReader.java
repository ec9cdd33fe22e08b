package dev.kume.cli.yaml;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import dev.kume.cli.yaml.YamlNode.Entry;
import dev.kume.cli.yaml.YamlNode.Place;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads one YAML document into a tree that keeps every place. Aliases are refused: nobody needs them here. */
final class YamlReader {
    private static final int DEPTH_MAX = 16;

    private final String file;
    private final YAMLParser parser;

    private YamlReader(String file, YAMLParser parser) {
        this.file = file;
        this.parser = parser;
    }

    /** The one document of a file; null when there is none but comments. */
    static @Nullable YamlNode read(String file, String text) throws YamlException {
        try (YAMLParser parser = new YAMLFactory().createParser(text)) {
            YamlReader reader = new YamlReader(file, parser);
            JsonToken first = parser.nextToken();
            if (first == null) {
                return null;
            }
            YamlNode node = reader.value(first, 0);
            if (parser.nextToken() != null) {
                throw reader.place().complain("a second document begins; a file has one");
            }
            return node;
        } catch (JsonProcessingException e) {
            throw syntax(file, e);
        } catch (IOException e) {
            throw new YamlException(file, 1, 1, "it cannot be read: " + e.getMessage());
        }
    }

    private YamlNode value(JsonToken token, int depth) throws IOException, YamlException {
        Place place = place();
        if (depth > DEPTH_MAX) {
            throw place.complain("it is nested deeper than %d levels".formatted(DEPTH_MAX));
        }
        if (parser.isCurrentAlias()) {
            throw place.complain("an alias (*) is not allowed; write the value out, or put it in quotes");
        }
        return switch (token) {
            case START_OBJECT -> keys(place, depth);
            case START_ARRAY -> items(place, depth);
            case VALUE_STRING -> scalar(place, YamlNode.Type.TEXT);
            case VALUE_NUMBER_INT -> scalar(place, YamlNode.Type.WHOLE_NUMBER);
            case VALUE_NUMBER_FLOAT -> scalar(place, YamlNode.Type.FRACTION);
            case VALUE_TRUE, VALUE_FALSE -> scalar(place, YamlNode.Type.TRUTH);
            case VALUE_NULL -> scalar(place, YamlNode.Type.NOTHING);
            case END_OBJECT, END_ARRAY, FIELD_NAME, NOT_AVAILABLE, VALUE_EMBEDDED_OBJECT ->
                throw place.complain("it is not understood");
        };
    }

    private YamlNode keys(Place place, int depth) throws IOException, YamlException {
        Map<String, Entry> entries = new LinkedHashMap<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            Place keyPlace = place();
            String key = parser.currentName();
            JsonToken token = parser.nextToken();
            Entry before = entries.put(key, new Entry(keyPlace, value(token, depth + 1)));
            if (before != null) {
                throw keyPlace.complain("the key '%s' is there already, on line %d; remove one of them"
                        .formatted(key, before.place().line()));
            }
        }
        return new YamlNode.Keys(place, entries);
    }

    private YamlNode items(Place place, int depth) throws IOException, YamlException {
        List<YamlNode> items = new ArrayList<>();
        JsonToken token = parser.nextToken();
        while (token != JsonToken.END_ARRAY) {
            items.add(value(token, depth + 1));
            token = parser.nextToken();
        }
        return new YamlNode.Items(place, items);
    }

    private YamlNode scalar(Place place, YamlNode.Type type) throws IOException {
        return new YamlNode.Scalar(place, type, type == YamlNode.Type.NOTHING ? "" : parser.getText());
    }

    private Place place() {
        JsonLocation location = parser.currentTokenLocation();
        return new Place(file, location.getLineNr(), location.getColumnNr());
    }

    private static YamlException syntax(String file, JsonProcessingException e) {
        JsonLocation location = e.getLocation();
        int line = location == null ? 1 : location.getLineNr();
        int column = location == null ? 1 : location.getColumnNr();
        // The first line says what is wrong; the others draw a picture of the place.
        String problem = e.getOriginalMessage().lines().findFirst().orElse("it is not YAML");
        return new YamlException(file, line, column, "this is not YAML: " + problem);
    }
}
