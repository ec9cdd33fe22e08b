package dev.kume.protocol.connection;

import dev.kume.protocol.login.SessionParameters;
import java.net.InetSocketAddress;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A session as an administrator sees it, at one moment.
 *
 * @param id          number of the session, unique while the daemon runs
 * @param isid        the six ISID bytes as a number
 * @param targetName  null in a discovery session
 * @param initiatorAlias what the initiator says of itself, or null
 * @param authentication how it has proven who it is, for people: {@code None}, {@code CHAP SHA3-256 user hv-node1}
 * @param outstanding commands that have not been answered
 * @param expCmdSn    the command sequence number that is due
 * @param maxCmdSn    the last one that the initiator may use
 * @param statSn      that of the next answer
 * @param silentNanos since the initiator was last known to be there, to a second
 * @param heard      when the last PDU of the initiator came
 * @param asked       a NOP-In waits for its answer
 */
public record SessionInfo(
        long id,
        String initiatorName,
        long isid,
        int tsih,
        @Nullable String targetName,
        int portalGroupTag,
        InetSocketAddress peer,
        InetSocketAddress local,
        Instant since,
        @Nullable String initiatorAlias,
        String authentication,
        SessionParameters parameters,
        int outstanding,
        long commands,
        long bytesRead,
        long bytesWritten,
        int expCmdSn,
        int maxCmdSn,
        int statSn,
        long silentNanos,
        Instant heard,
        boolean asked) {}
