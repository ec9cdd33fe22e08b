package dev.kume.core.scsi;

import dev.kume.core.io.LoopPort;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A task whose transport is a test: data out is an array, data in is collected, and every end is counted. */
public final class ScriptedTask extends Task {
    private final byte[] dataOut;
    private final int pieceBytes;
    private final boolean holdsData;
    private final ByteArrayOutputStream dataIn = new ByteArrayOutputStream();
    private @Nullable ByteBuffer piece;
    private int sentBytes;
    private boolean wantsData;

    /** How often it ended; more than once is a bug. */
    public int completions;

    public int dooms;

    /** Runs at either end, as a transport would go on there. */
    public Runnable whenEnded = () -> {};

    /**
     * @param pieceBytes data goes both ways in pieces of at most this size
     * @param holdsData  true: data out waits until {@link #sendData}
     */
    public ScriptedTask(LoopPort home, byte[] cdb, byte[] dataOut, int pieceBytes, boolean holdsData) {
        super(home);
        this.dataOut = dataOut;
        this.pieceBytes = pieceBytes;
        this.holdsData = holdsData;
        System.arraycopy(cdb, 0, cdb(), 0, cdb.length);
    }

    @Override
    public long announcedDataOutBytes() {
        return dataOut.length;
    }

    public boolean ended() {
        return completions + dooms > 0;
    }

    /** True while the command waits for data that the test holds. */
    public boolean wantsData() {
        return wantsData && !ended();
    }

    /** Sends what was held. */
    public void sendData() {
        wantsData = false;
        if (gathering()) {
            dataGathered(ByteBuffer.wrap(dataOut, 0, (int) Math.min(dataOut.length, lengthBytes())));
        } else {
            sendPiece();
        }
    }

    public byte[] dataIn() {
        return dataIn.toByteArray();
    }

    private void sendPiece() {
        int total = (int) Math.min(dataOut.length, lengthBytes());
        int bytes = Math.min(pieceBytes, total - sentBytes);
        ByteBuffer next = ByteBuffer.wrap(dataOut, sentBytes, bytes).slice();
        sentBytes += bytes;
        startConsume(offsetBytes() + sentBytes - bytes, next, sentBytes == total);
    }

    private void readPiece() {
        long leftBytes = lengthBytes() - dataIn.size();
        if (leftBytes == 0) {
            readSent();
            return;
        }
        ByteBuffer next = ByteBuffer.allocate((int) Math.min(pieceBytes, leftBytes));
        piece = next;
        startRead(offsetBytes() + dataIn.size(), next);
    }

    @Override
    protected void onRead() {
        readPiece();
    }

    @Override
    protected void onReadDone() {
        ByteBuffer arrived = piece;
        if (arrived == null || arrived.hasRemaining()) {
            throw new AssertionError("a read came back short: " + arrived);
        }
        dataIn.writeBytes(arrived.array());
        readPiece();
    }

    @Override
    protected void onDataWanted() {
        wantsData = true;
        if (!holdsData) {
            sendData();
        }
    }

    @Override
    protected void onConsumed() {
        sendPiece();
    }

    @Override
    protected void onComplete() {
        completions++;
        ByteBuffer parameters = response();
        if (parameters != null) {
            byte[] bytes = new byte[parameters.remaining()];
            parameters.get(bytes);
            dataIn.writeBytes(bytes);
        }
        whenEnded.run();
    }

    @Override
    protected void onBug(Throwable bug) {
        throw new AssertionError(bug);
    }

    @Override
    protected void onDoomed() {
        dooms++;
        whenEnded.run();
    }

    @Override
    public String toString() {
        return "%s status %02x %s, completions %d, dooms %d"
                .formatted(Arrays.toString(cdb()), status(), sense(), completions, dooms);
    }
}
