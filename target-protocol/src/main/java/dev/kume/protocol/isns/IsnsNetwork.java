package dev.kume.protocol.isns;

import java.net.InetSocketAddress;

/** Connections to servers and timers: what a client needs of its event loop. */
interface IsnsNetwork {
    /** What becomes of a connection. Told on the loop. */
    interface Events {
        void connected();

        void received(IsnsMessage message);

        /**
         * The connection is over, or never came to be. Told once, and not after {@link Link#close}.
         *
         * @param why one line for people
         */
        void closed(String why);
    }

    /** One connection. */
    interface Link {
        void send(IsnsMessage message);

        /** Ends it; nothing more is told of it. */
        void close();
    }

    /** Begins to connect; {@code events} are told when this has returned. */
    Link connect(InetSocketAddress server, Events events);

    /**
     * Runs something later on the loop.
     *
     * @return takes it back
     */
    Runnable after(long millis, Runnable action);
}
