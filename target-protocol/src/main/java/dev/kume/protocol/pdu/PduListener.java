package dev.kume.protocol.pdu;

import io.netty.buffer.ByteBuf;

/** Hears what a {@link PduReader} finds. Buffers are borrowed: they are valid until the method returns. */
public interface PduListener {
    /** A header has arrived, with {@code dataBytes} of data behind it. Its digest was right, where there is one. */
    void onHeader(ByteBuf buffer, int offsetBytes, int headerBytes, int dataBytes);

    /** A piece of the data segment has arrived, in order. */
    void onData(ByteBuf buffer, int offsetBytes, int lengthBytes);

    /** The data segment is complete. Also called for PDUs without data. */
    void onPduEnd(boolean dataDigestRight);

    /**
     * A header has arrived that ends the stream: its digest is wrong, or its data segment longer than was declared.
     * {@link #onBroken} says which.
     */
    default void onBrokenHeader(ByteBuf buffer, int offsetBytes) {}

    /** The stream can not be trusted any more; the reader eats what follows. */
    void onBroken(String why);
}
