package dev.kume.protocol.pdu;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/**
 * Cuts a byte stream of either side into PDUs, in place: headers are looked at where they lie, data passes through in
 * pieces. Confined
 * to its connection's loop. After a fatal error it eats everything.
 */
public final class PduReader {
    /** What {@link PduListener#onBroken} says of a header with a wrong digest. */
    public static final String HEADER_DIGEST_ERROR = "header digest error";

    private enum Part {
        HEADER,
        DATA,
        PADDING,
        DATA_DIGEST,
        BROKEN
    }

    /** A header that arrived in pieces is put together here: BHS, the largest AHS and a digest. */
    private static final int HEADER_BYTES_MAX = PduHeader.SIZE_BYTES + 255 * 4 + Digests.SIZE_BYTES;

    private final PduListener listener;
    private final Bhs bhs = new Bhs();
    private final Digests headerCrc = new Digests();
    private final Digests dataCrc = new Digests();
    private ByteBuf pieces = Unpooled.EMPTY_BUFFER;
    private Part part = Part.HEADER;
    private boolean headerDigest;
    private boolean dataDigest;
    private int dataBytesMax;
    private int dataLeft;
    private int paddingLeft;
    private int digestLeft;
    private int digest;
    private boolean hadData;

    /** @param dataBytesMax the longest data segment that may come */
    public PduReader(PduListener listener, int dataBytesMax) {
        this.listener = listener;
        this.dataBytesMax = dataBytesMax;
    }

    /** Takes effect with the next PDU: what the login has negotiated. */
    public void negotiated(boolean withHeaderDigest, boolean withDataDigest, int segmentBytesMax) {
        headerDigest = withHeaderDigest;
        dataDigest = withDataDigest;
        dataBytesMax = segmentBytesMax;
    }

    /** Reads all that is readable. */
    public void read(ByteBuf in) {
        while (in.isReadable()) {
            switch (part) {
                case HEADER -> header(in);
                case DATA -> data(in);
                case PADDING -> padding(in);
                case DATA_DIGEST -> digest(in);
                case BROKEN -> in.skipBytes(in.readableBytes());
            }
        }
    }

    /** Gives the memory back, and eats what still comes. */
    public void close() {
        part = Part.BROKEN;
        pieces.release();
        pieces = Unpooled.EMPTY_BUFFER;
    }

    private void header(ByteBuf in) {
        if (pieces.isReadable()) {
            headerInPieces(in);
            return;
        }
        int have = in.readableBytes();
        int need = have < PduHeader.SIZE_BYTES ? PduHeader.SIZE_BYTES : headerBytes(in, in.readerIndex());
        if (have < need) {
            if (pieces.capacity() == 0) {
                pieces = Unpooled.directBuffer(PduHeader.SIZE_BYTES, HEADER_BYTES_MAX);
            }
            pieces.clear().writeBytes(in);
            return;
        }
        int at = in.readerIndex();
        in.skipBytes(need);
        headerComplete(in, at, need);
    }

    private void headerInPieces(ByteBuf in) {
        if (!fillPieces(in, PduHeader.SIZE_BYTES)) {
            return;
        }
        int need = headerBytes(pieces, 0);
        if (!fillPieces(in, need)) {
            return;
        }
        headerComplete(pieces, 0, need);
        pieces.clear();
    }

    private boolean fillPieces(ByteBuf in, int need) {
        int missing = need - pieces.readableBytes();
        if (missing > 0) {
            pieces.writeBytes(in, Math.min(missing, in.readableBytes()));
        }
        return pieces.readableBytes() >= need;
    }

    private int headerBytes(ByteBuf buffer, int at) {
        return PduHeader.SIZE_BYTES + bhs.wrap(buffer, at).totalAhsBytes() + (headerDigest ? Digests.SIZE_BYTES : 0);
    }

    private void headerComplete(ByteBuf buffer, int at, int bytes) {
        bhs.wrap(buffer, at);
        int digested = bytes - (headerDigest ? Digests.SIZE_BYTES : 0);
        if (headerDigest && !headerCrc.matches(buffer, at, digested)) {
            // RFC 7143 7.8: with a wrong header digest not even the length can be believed.
            listener.onBrokenHeader(buffer, at);
            broken(HEADER_DIGEST_ERROR);
            return;
        }
        dataLeft = bhs.dataSegmentLength();
        if (dataLeft > dataBytesMax) {
            listener.onBrokenHeader(buffer, at);
            broken("data segment of %d bytes, larger than the %d declared".formatted(dataLeft, dataBytesMax));
            return;
        }
        hadData = dataLeft > 0;
        paddingLeft = PduHeader.paddedLength(dataLeft) - dataLeft;
        digestLeft = dataDigest && hadData ? Digests.SIZE_BYTES : 0;
        digest = 0;
        if (digestLeft > 0) {
            dataCrc.begin();
        }
        part = Part.DATA;
        listener.onHeader(buffer, at, digested, dataLeft);
        if (!hadData && part != Part.BROKEN) {
            endOfPdu();
        }
    }

    private void data(ByteBuf in) {
        int bytes = Math.min(dataLeft, in.readableBytes());
        int at = in.readerIndex();
        in.skipBytes(bytes);
        dataLeft -= bytes;
        if (digestLeft > 0) {
            dataCrc.update(in, at, bytes);
        }
        listener.onData(in, at, bytes);
        if (dataLeft == 0 && part == Part.DATA) {
            part = paddingLeft > 0 ? Part.PADDING : Part.DATA_DIGEST;
            if (paddingLeft == 0 && digestLeft == 0) {
                endOfPdu();
            }
        }
    }

    private void padding(ByteBuf in) {
        int bytes = Math.min(paddingLeft, in.readableBytes());
        if (digestLeft > 0) {
            dataCrc.update(in, in.readerIndex(), bytes);
        }
        in.skipBytes(bytes);
        paddingLeft -= bytes;
        if (paddingLeft == 0) {
            part = Part.DATA_DIGEST;
            if (digestLeft == 0) {
                endOfPdu();
            }
        }
    }

    private void digest(ByteBuf in) {
        // The digest goes out lowest byte first.
        digest |= in.readUnsignedByte() << (8 * (Digests.SIZE_BYTES - digestLeft));
        digestLeft--;
        if (digestLeft == 0) {
            finish(digest == dataCrc.value());
        }
    }

    private void endOfPdu() {
        finish(true);
    }

    private void finish(boolean digestRight) {
        part = Part.HEADER;
        listener.onPduEnd(digestRight);
    }

    private void broken(String why) {
        part = Part.BROKEN;
        listener.onBroken(why);
    }
}
