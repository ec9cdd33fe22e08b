package dev.kume.cli.metrics;

import io.netty.channel.Channel;
import java.util.LinkedHashSet;
import org.jspecify.annotations.Nullable;

/**
 * The connections of one port, bounded in number. When there are too many, the one that has asked for nothing the
 * longest goes: whoever holds connections without end does not keep anybody else out. Confined to one loop.
 */
final class Clients {
    private final int max;

    /** Oldest first, as the others. */
    private final LinkedHashSet<Channel> silent = new LinkedHashSet<>();

    /** They wait for an answer, or have not taken all of it. */
    private final LinkedHashSet<Channel> asking = new LinkedHashSet<>();

    Clients(int max) {
        this.max = max;
    }

    /** Takes one in; returns the one that has to go for it, or null when there is room. */
    @Nullable
    Channel add(Channel channel) {
        Channel gone = null;
        if (silent.size() + asking.size() >= max) {
            gone = silent.isEmpty() ? asking.getFirst() : silent.getFirst();
            remove(gone);
        }
        silent.add(channel);
        return gone;
    }

    /** It has sent a request. */
    void asks(Channel channel) {
        if (silent.remove(channel)) {
            asking.add(channel);
        }
    }

    /** How many wait for an answer, or have not taken all of it. */
    int asking() {
        return asking.size();
    }

    /** It has taken its answer. */
    void answered(Channel channel) {
        if (asking.remove(channel)) {
            silent.add(channel);
        }
    }

    void remove(Channel channel) {
        silent.remove(channel);
        asking.remove(channel);
    }
}
