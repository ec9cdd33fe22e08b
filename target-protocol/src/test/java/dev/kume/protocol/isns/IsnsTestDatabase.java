package dev.kume.protocol.isns;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What an iSNS server makes of requests: objects as text, kept by the rules of RFC 4171 for one entity. It reads
 * attributes on its own, and refuses what a server would.
 */
final class IsnsTestDatabase {
    /** {@code 10.0.0.1:3260}. */
    final TreeSet<String> portals = new TreeSet<>();

    /** Alias by name. */
    final TreeMap<String, String> nodes = new TreeMap<>();

    /** Tag by {@code name@portal}. */
    final TreeMap<String, String> groups = new TreeMap<>();

    final List<String> log = new ArrayList<>();
    String entity = "";
    int period;

    /** The period that it grants, whatever is asked for. */
    int grantedSeconds = 600;

    private record Attribute(int tag, ByteBuffer value) {
        String text() {
            String text = StandardCharsets.UTF_8.decode(value.duplicate()).toString();
            return text.substring(0, text.indexOf('\0'));
        }

        String number() {
            return value.hasRemaining() ? Integer.toString(value.getInt(0)) : "none";
        }

        String address() {
            byte[] raw = new byte[16];
            value.duplicate().get(raw);
            try {
                return InetAddress.getByAddress(raw).getHostAddress();
            } catch (UnknownHostException e) {
                throw new AssertionError(e);
            }
        }
    }

    /** Carries a request out; the payload of its answer. */
    ByteBuffer answer(IsnsMessage request) {
        ByteBuffer in = request.payload().duplicate();
        List<Attribute> key = new ArrayList<>();
        List<Attribute> operating = new ArrayList<>();
        boolean behind = false;
        while (in.hasRemaining()) {
            int tag = in.getInt();
            int bytes = in.getInt();
            Attribute attribute = new Attribute(tag, in.slice(in.position(), bytes));
            in.position(in.position() + bytes);
            if (tag == 0) {
                behind = true;
            } else {
                (behind ? operating : key).add(attribute);
            }
        }
        String source = key.getFirst().text();
        boolean replace = (request.flags() & IsnsHeader.REPLACE) != 0;
        return switch (request.function()) {
            case 1 -> register(source, operating, replace);
            case 2 -> query(source);
            case 4 -> deregister(source, operating);
            default -> throw new AssertionError("function " + request.function());
        };
    }

    private ByteBuffer register(String source, List<Attribute> operating, boolean replace) {
        log.add((replace ? "replace" : "register") + " as " + source);
        if (replace) {
            clear();
        }
        Map<Integer, String> seen = new HashMap<>();
        for (Attribute attribute : operating) {
            seen.put(
                    attribute.tag(),
                    switch (attribute.tag()) {
                        case 1, 32, 34, 48 -> attribute.text();
                        case 16, 49 -> attribute.address();
                        default -> attribute.number();
                    });
            switch (attribute.tag()) {
                case 1 -> entity = seen.get(1);
                case 6 -> period = Math.min(grantedSeconds, Integer.parseInt(seen.get(6)));
                case 17 -> portals.add(seen.get(16) + ":" + seen.get(17));
                case 34 -> nodes.put(seen.get(32), seen.get(34));
                case 51 -> groups.put(seen.get(48) + "@" + seen.get(49) + ":" + seen.get(50), seen.get(51));
                default -> {}
            }
        }
        return status(nodes.containsKey(source) ? 0 : IsnsStatus.SOURCE_UNKNOWN);
    }

    private ByteBuffer query(String source) {
        log.add("query as " + source);
        if (!nodes.containsKey(source)) {
            return status(IsnsStatus.SOURCE_UNKNOWN);
        }
        IsnsAttributes answer = new IsnsAttributes()
                .text(IsnsTag.ENTITY_IDENTIFIER, entity)
                .delimiter()
                .text(IsnsTag.ENTITY_IDENTIFIER, entity)
                .number(IsnsTag.REGISTRATION_PERIOD, period);
        return ByteBuffer.allocate(4 + answer.size())
                .putInt(0)
                .put(answer.payload())
                .flip();
    }

    private ByteBuffer deregister(String source, List<Attribute> operating) {
        log.add("deregister as " + source);
        if (!nodes.containsKey(source)) {
            return status(IsnsStatus.SOURCE_UNKNOWN);
        }
        String address = "";
        for (Attribute attribute : operating) {
            switch (attribute.tag()) {
                case 1 -> clear();
                case 16 -> address = attribute.address();
                case 17 -> {
                    String portal = address + ":" + attribute.number();
                    portals.remove(portal);
                    groups.keySet().removeIf(group -> group.endsWith("@" + portal));
                }
                case 32 -> {
                    nodes.remove(attribute.text());
                    groups.keySet().removeIf(group -> group.startsWith(attribute.text() + "@"));
                }
                default -> throw new AssertionError("attribute " + attribute.tag());
            }
        }
        if (nodes.isEmpty()) {
            clear();
        }
        return status(0);
    }

    void clear() {
        entity = "";
        portals.clear();
        nodes.clear();
        groups.clear();
    }

    private static ByteBuffer status(int status) {
        return ByteBuffer.allocate(4).putInt(0, status);
    }
}
