package dev.kume.core.inventory;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * One entry of a target's access list: an iSCSI name, an address or network prefix, or a DNS name. An initiator may log
 * in when one entry is about it.
 */
public sealed interface InitiatorIdentifier {
    /** The longest DNS name, in characters (RFC 1035 2.3.4). */
    int HOST_NAME_LENGTH_MAX = 253;

    /** As it is kept, compared and shown; {@link #parse} understands it. */
    String text();

    /**
     * True when the entry is about this initiator whatever DNS says; never for a DNS name.
     *
     * @param initiatorName normalised
     * @param address       where it connects from
     */
    default boolean isAbout(String initiatorName, InetAddress address) {
        return switch (this) {
            case Name name -> name.iscsiName().equals(initiatorName);
            case Network network -> network.contains(address);
            case HostName name -> false;
        };
    }

    /**
     * The initiator with this iSCSI name.
     *
     * @param iscsiName normalised
     */
    record Name(String iscsiName) implements InitiatorIdentifier {
        @Override
        public String text() {
            return iscsiName;
        }
    }

    /**
     * Every initiator that connects from one network; a single address has the longest prefix there is.
     *
     * @param network    the first address: all bits behind the prefix are 0
     * @param prefixBits from 1 to 32 for IPv4, to 128 for IPv6
     */
    record Network(InetAddress network, int prefixBits) implements InitiatorIdentifier {
        /** True when this address is in the network. IPv4 and IPv6 never match each other. */
        public boolean contains(InetAddress address) {
            byte[] ours = network.getAddress();
            byte[] theirs = address.getAddress();
            return ours.length == theirs.length && firstDifferentBit(ours, theirs) >= prefixBits;
        }

        @Override
        public String text() {
            String address = network.getHostAddress();
            return prefixBits == network.getAddress().length * 8 ? address : address + "/" + prefixBits;
        }

        private static int firstDifferentBit(byte[] a, byte[] b) {
            for (int i = 0; i < a.length; i++) {
                int different = (a[i] ^ b[i]) & 0xFF;
                if (different != 0) {
                    return i * 8 + Integer.numberOfLeadingZeros(different) - 24;
                }
            }
            return a.length * 8;
        }
    }

    /**
     * Every initiator that connects from an address of this host, as DNS says at the time of the login.
     *
     * @param name lower case, without a point at the end
     */
    record HostName(String name) implements InitiatorIdentifier {
        @Override
        public String text() {
            return name;
        }
    }

    /**
     * Reads an entry as people write it: what begins with {@code iqn.}, {@code eui.} or {@code naa.} is an iSCSI name;
     * digits and colons are an address, maybe with a prefix length; all else is a DNS name.
     *
     * @throws InventoryException of kind INVALID: one line that says what is wrong and what to write
     */
    static InitiatorIdentifier parse(String given) {
        String text = given.strip();
        String lower = text.toLowerCase(Locale.ROOT);
        if (lower.startsWith("iqn.") || lower.startsWith("eui.") || lower.startsWith("naa.") || text.isEmpty()) {
            return new Name(IscsiNames.check(text));
        }
        return Forms.ADDRESS.matcher(lower).matches() ? Forms.network(text) : Forms.hostName(text, lower);
    }

    /** How the forms are told apart. */
    final class Forms {
        private static final Pattern ADDRESS = Pattern.compile("[0-9.]+(/.*)?|[0-9a-f.]*:[0-9a-f:.]*(%.*)?(/.*)?");
        private static final Pattern IPV4 = Pattern.compile("((25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)(\\.(?!$)|$)){4}");
        private static final Pattern LABELS =
                Pattern.compile("([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\.)*[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?");

        private Forms() {}

        private static Network network(String text) {
            int slash = text.indexOf('/');
            String addressText = slash < 0 ? text : text.substring(0, slash);
            InetAddress address = address(text, addressText);
            int bits = address.getAddress().length * 8;
            int prefixBits = slash < 0 ? bits : prefixBits(text, text.substring(slash + 1), bits);
            byte[] first = address.getAddress();
            for (int bit = prefixBits; bit < bits; bit++) {
                first[bit >> 3] &= (byte) ~(0x80 >> (bit & 7));
            }
            InetAddress network = ofBytes(first);
            if (!network.equals(address)) {
                throw InventoryException.invalid(
                        "%s has bits set behind its prefix".formatted(text),
                        "write %s/%d for the network, or %s for the one address"
                                .formatted(network.getHostAddress(), prefixBits, address.getHostAddress()));
            }
            if (address.isAnyLocalAddress() || address.isMulticastAddress()) {
                throw InventoryException.invalid(
                        "no initiator connects from %s".formatted(text), "write its address, such as 192.168.10.21");
            }
            return new Network(network, prefixBits);
        }

        private static InetAddress address(String text, String addressText) {
            boolean sixth = addressText.indexOf(':') >= 0;
            try {
                if (!addressText.contains("%")
                        && (sixth || IPV4.matcher(addressText).matches())) {
                    // A literal with a colon, or of four numbers, is never looked up.
                    return InetAddress.getByName(addressText);
                }
            } catch (UnknownHostException e) {
                throw InventoryException.invalid(
                        "'%s' is not an address".formatted(text), "write one such as 192.168.10.21 or fd00::21");
            }
            throw InventoryException.invalid(
                    "'%s' is not an address".formatted(text), "write one such as 192.168.10.21 or fd00::21");
        }

        private static int prefixBits(String text, String prefix, int bits) {
            if (!prefix.matches("\\d{1,3}") || Integer.parseInt(prefix) < 1 || Integer.parseInt(prefix) > bits) {
                throw InventoryException.invalid(
                        "'%s' has no prefix length from 1 to %d".formatted(text, bits),
                        "write one such as %s".formatted(bits == 32 ? "192.168.10.0/24" : "fd00::/64"));
            }
            return Integer.parseInt(prefix);
        }

        private static HostName hostName(String text, String lower) {
            String name = lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
            if (name.length() > HOST_NAME_LENGTH_MAX || !LABELS.matcher(name).matches()) {
                throw InventoryException.invalid(
                        "'%s' is no iSCSI name, address, network or DNS name".formatted(text),
                        "write one such as iqn.1991-05.com.microsoft:hv-node1, 192.168.10.0/24 or hv-node1.example.com");
            }
            return new HostName(name);
        }

        private static InetAddress ofBytes(byte[] address) {
            try {
                return InetAddress.getByAddress(address);
            } catch (UnknownHostException e) {
                throw new IllegalStateException("an address has 4 or 16 bytes", e);
            }
        }
    }
}
