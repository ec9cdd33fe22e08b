package dev.kume.cli.remote;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.netty.channel.Channel;
import io.netty.channel.embedded.EmbeddedChannel;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class StrangersTest {
    private static final InetAddress FLOOD = InetAddress.ofLiteral("192.0.2.66");
    private static final InetAddress ADMIN = InetAddress.ofLiteral("192.0.2.7");

    private final Strangers strangers = new Strangers(4);

    private Channel come(InetAddress from, List<Channel> gone) {
        Channel channel = new EmbeddedChannel();
        Channel out = strangers.add(channel, from);
        if (out != null) {
            gone.add(out);
        }
        return channel;
    }

    @Test
    void aFloodDrivesOutItselfTheOldestFirst() {
        List<Channel> gone = new ArrayList<>();
        Channel admin = come(ADMIN, gone);
        Channel first = come(FLOOD, gone);
        Channel second = come(FLOOD, gone);
        come(FLOOD, gone);
        assertEquals(List.of(), gone);
        come(FLOOD, gone);
        assertEquals(List.of(first), gone);
        Channel other = come(ADMIN, gone);
        assertEquals(List.of(first, second), gone);
        for (int i = 0; i < 100; i++) {
            come(FLOOD, gone);
        }
        assertEquals(102, gone.size());
        assertEquals(-1, gone.indexOf(admin));
        assertEquals(-1, gone.indexOf(other));
        assertEquals(4, strangers.size());
    }

    @Test
    void whoHasShownATokenIsNoStranger() {
        List<Channel> gone = new ArrayList<>();
        Channel known = come(FLOOD, gone);
        strangers.remove(known);
        strangers.remove(known);
        Channel next = come(FLOOD, gone);
        for (int i = 0; i < 3; i++) {
            come(FLOOD, gone);
        }
        assertEquals(List.of(), gone);
        assertSame(next, strangers.add(new EmbeddedChannel(), ADMIN), "the oldest of them, not the known one");
        assertNull(new Strangers(1).add(new EmbeddedChannel(), ADMIN));
    }
}
