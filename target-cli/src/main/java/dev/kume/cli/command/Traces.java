package dev.kume.cli.command;

import dev.kume.cli.api.TraceView;
import dev.kume.cli.terminal.CliException;
import dev.kume.cli.terminal.ExitCode;
import dev.kume.protocol.trace.ConnectionTrace;
import dev.kume.protocol.trace.RecordedPdu;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HexFormat;

/** Traces as the API tells them, back as the recorder has made them. */
final class Traces {
    private Traces() {}

    /** The trace of a record; what does not fit it is an error that says so. */
    static ConnectionTrace of(TraceView view) {
        try {
            return new ConnectionTrace(
                    view.session(),
                    view.began(),
                    address(view.address()),
                    address(view.portal()),
                    view.initiator(),
                    view.targetIqn(),
                    view.pdusSeen(),
                    view.pdus().stream().map(Traces::of).toList());
        } catch (IllegalArgumentException | NullPointerException e) {
            throw new CliException(ExitCode.FAILED, "this is no trace of a session: " + e.getMessage());
        }
    }

    private static RecordedPdu of(TraceView.Pdu pdu) {
        HexFormat hex = HexFormat.of();
        return new RecordedPdu(
                pdu.atNanos(),
                pdu.direction().equals(TraceView.IN),
                pdu.broken(),
                hex.parseHex(pdu.header()),
                hex.parseHex(pdu.extra()));
    }

    /** {@code 10.0.0.1:3260} or {@code [fd00::1]:3260}, maybe with the name of an interface behind the address. */
    private static InetSocketAddress address(String text) {
        int colon = text.lastIndexOf(':');
        String host = text.substring(0, Math.max(0, colon)).replaceAll("^\\[|(%[^]]*)?]$", "");
        return new InetSocketAddress(InetAddress.ofLiteral(host), Integer.parseInt(text.substring(colon + 1)));
    }
}
