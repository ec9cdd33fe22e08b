package dev.kume.cli.remote;

import io.netty.channel.Channel;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The connections of which none has shown a token yet. When there are too many, one of the address that has the most
 * goes, the oldest first: whoever opens connections without end drives out himself. Confined to one loop.
 */
final class Strangers {
    private final int max;
    private final LinkedHashMap<Channel, InetAddress> oldestFirst = new LinkedHashMap<>();
    private final Map<InetAddress, Integer> counts = new HashMap<>();

    Strangers(int max) {
        this.max = max;
    }

    /** Takes one in; returns the one that has to go for it, or null when there is room. */
    @Nullable
    Channel add(Channel channel, InetAddress from) {
        Channel gone = oldestFirst.size() < max ? null : oldestOfTheMost(from);
        if (gone != null) {
            remove(gone);
        }
        oldestFirst.put(channel, from);
        counts.merge(from, 1, Integer::sum);
        return gone;
    }

    /** It has shown a token, or it is closed. */
    void remove(Channel channel) {
        InetAddress from = oldestFirst.remove(channel);
        if (from != null) {
            counts.computeIfPresent(from, (_, count) -> count == 1 ? null : count - 1);
        }
    }

    int size() {
        return oldestFirst.size();
    }

    /** Where several have the most, the newcomer's own address is the first to give way. */
    private @Nullable Channel oldestOfTheMost(InetAddress newcomer) {
        InetAddress most = newcomer;
        int mostCount = counts.getOrDefault(newcomer, 0);
        for (InetAddress each : oldestFirst.values()) {
            int count = counts.getOrDefault(each, 0);
            if (count > mostCount) {
                most = each;
                mostCount = count;
            }
        }
        for (Map.Entry<Channel, InetAddress> entry : oldestFirst.entrySet()) {
            if (entry.getValue().equals(most)) {
                return entry.getKey();
            }
        }
        return null;
    }
}
