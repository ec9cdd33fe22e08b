package dev.kume.protocol.simulation;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * Recorded inputs of the fuzzer: hex with comments behind {@code #}, and text in quotes in which {@code |} is a zero
 * byte. A line that begins with a minus sign begins a PDU; lengths are filled in.
 */
final class Corpus {
    /** Where an input belongs. */
    enum Kind {
        LOGIN,
        SESSION
    }

    /** One input: PDUs in the order in which they are sent. */
    record Input(String name, Kind kind, List<Pdu> pdus) {}

    private Corpus() {}

    static List<Input> all() {
        List<Input> inputs = new ArrayList<>();
        for (String line : lines("index.txt")) {
            if (!line.isBlank()) {
                Kind kind = line.startsWith("login/") ? Kind.LOGIN : Kind.SESSION;
                inputs.add(new Input(line, kind, pdus(line)));
            }
        }
        return inputs;
    }

    private static List<Pdu> pdus(String name) {
        List<Pdu> pdus = new ArrayList<>();
        Bytes bytes = new Bytes();
        for (String line : lines(name)) {
            String text = line.replaceFirst("#.*", "").strip();
            if (text.startsWith("-")) {
                end(bytes, pdus);
            } else if (text.startsWith("\"")) {
                byte[] quoted = text.substring(1, text.lastIndexOf('"'))
                        .replace('|', '\0')
                        .getBytes(StandardCharsets.UTF_8);
                bytes.add(quoted, 0, quoted.length);
            } else if (!text.isEmpty()) {
                byte[] octets = HexFormat.of().parseHex(text.replace(" ", ""));
                bytes.add(octets, 0, octets.length);
            }
        }
        end(bytes, pdus);
        return pdus;
    }

    private static void end(Bytes bytes, List<Pdu> pdus) {
        if (bytes.size() > 0) {
            byte[] all = bytes.take(bytes.size());
            if (all.length < 48) {
                throw new IllegalStateException("a PDU of %d bytes".formatted(all.length));
            }
            Pdu pdu = Pdu.of(0, 0).with(java.util.Arrays.copyOfRange(all, 48, all.length));
            pdu.header().put(0, all, 0, 48);
            pdus.add(pdu.with(pdu.data()));
        }
    }

    private static List<String> lines(String name) {
        try (InputStream in = Corpus.class.getResourceAsStream("/corpus/" + name)) {
            if (in == null) {
                throw new IllegalStateException("no corpus/" + name);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
