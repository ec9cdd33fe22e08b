package dev.kume.protocol.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;

/** PERSISTENT RESERVE OUT and IN as Windows sends them: HEAD OF QUEUE, a list of 24 bytes. */
enum PrOut {
    REGISTER(0),
    RESERVE(1),
    RELEASE(2),
    CLEAR(3),
    PREEMPT(4),
    PREEMPT_AND_ABORT(5),
    REGISTER_AND_IGNORE(6);

    static final int WRITE_EXCLUSIVE = 1;
    static final int EXCLUSIVE_ACCESS = 3;
    static final int WRITE_EXCLUSIVE_REGISTRANTS = 5;
    static final int EXCLUSIVE_ACCESS_REGISTRANTS = 6;
    static final int WRITE_EXCLUSIVE_ALL = 7;
    static final int EXCLUSIVE_ACCESS_ALL = 8;

    private static final int LIST_BYTES = 24;

    private final int action;

    PrOut(int action) {
        this.action = action;
    }

    /** The command, its list as immediate data where the session has that. */
    WirePdu command(RawInitiator node, int type, long key, long serviceActionKey) {
        byte[] cdb = ByteBuffer.allocate(16)
                .put((byte) 0x5F)
                .put((byte) action)
                .put((byte) type)
                .put(8, (byte) LIST_BYTES)
                .array();
        WirePdu command = node.command(0, 0xA3, LIST_BYTES, cdb);
        return node.agrees("ImmediateData", "Yes") ? command.with(list(key, serviceActionKey)) : command;
    }

    private static byte[] list(long key, long serviceActionKey) {
        return ByteBuffer.allocate(LIST_BYTES)
                .putLong(key)
                .putLong(serviceActionKey)
                .array();
    }

    void good(RawInitiator node, int type, long key, long serviceActionKey) {
        RawInitiator.Answer answer = node.run(command(node, type, key, serviceActionKey), list(key, serviceActionKey));
        assertEquals(0, answer.status(), () -> this + ": " + answer.last().sense());
    }

    /** PERSISTENT RESERVE IN. */
    static WirePdu in(RawInitiator node, int serviceAction) {
        byte[] cdb = ByteBuffer.allocate(16)
                .put((byte) 0x5E)
                .put((byte) serviceAction)
                .putShort(7, (short) 4096)
                .array();
        return node.command(0, 0xC3, 4096, cdb);
    }
}
