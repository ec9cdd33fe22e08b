package dev.kume.protocol.connection;

import dev.kume.protocol.pdu.Bhs;
import dev.kume.protocol.pdu.Opcode;
import dev.kume.protocol.pdu.PduListener;
import dev.kume.protocol.trace.FlightRecorder;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** What arrives on one connection: recorded, and handed to the phase of the moment. Confined to its loop. */
final class Incoming implements PduListener {
    private final Connection connection;
    private final LoginPhase login;
    private final FlightRecorder recorder;
    private final Bhs bhs = new Bhs();

    /** The PDU that is put together whole, because it is not of the data path. */
    private @Nullable ControlPdu control;

    Incoming(Connection connection, LoginPhase login, FlightRecorder recorder) {
        this.connection = connection;
        this.login = login;
        this.recorder = recorder;
    }

    @Override
    public void onHeader(ByteBuf buffer, int offsetBytes, int headerBytes, int dataBytes) {
        recorder.received(buffer, offsetBytes);
        control = null;
        FullFeature feature = connection.fullFeature();
        if (feature != null) {
            if (feature.onHeader(buffer, offsetBytes, dataBytes)) {
                return;
            }
        } else if (!connection.isLoggingIn() || bhs.wrap(buffer, offsetBytes).opcode() != Opcode.LOGIN_REQUEST) {
            connection.protocolError("PDU 0x%02x during login"
                    .formatted(bhs.wrap(buffer, offsetBytes).opcode()));
            return;
        }
        control = new ControlPdu(buffer, offsetBytes, dataBytes);
    }

    @Override
    public void onData(ByteBuf buffer, int offsetBytes, int lengthBytes) {
        ControlPdu pdu = control;
        FullFeature feature = connection.fullFeature();
        if (pdu != null) {
            pdu.add(buffer, offsetBytes, lengthBytes);
        } else if (feature != null) {
            feature.onData(buffer, offsetBytes, lengthBytes);
        }
    }

    @Override
    public void onPduEnd(boolean dataDigestRight) {
        ControlPdu pdu = control;
        control = null;
        FullFeature feature = connection.fullFeature();
        if (feature != null) {
            feature.onPduEnd(pdu, dataDigestRight);
        } else if (connection.isLoggingIn() && pdu != null) {
            login.onRequest(pdu);
        }
    }

    @Override
    public void onBrokenHeader(ByteBuf buffer, int offsetBytes) {
        recorder.receivedBroken(buffer, offsetBytes);
    }

    @Override
    public void onBroken(String why) {
        connection.protocolError(why);
    }

    /** The connection ends: what has come of a PDU is of no use any more. */
    void close() {
        control = null;
    }
}
