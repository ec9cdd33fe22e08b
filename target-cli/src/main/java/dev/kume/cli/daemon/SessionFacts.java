package dev.kume.cli.daemon;

import dev.kume.cli.api.SessionView;
import dev.kume.protocol.connection.SessionInfo;
import dev.kume.protocol.login.SessionParameters;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A session of the server as clients of the API see it. */
final class SessionFacts {
    private SessionFacts() {}

    /** Everything but the target's name, which the inventory knows. */
    static SessionView view(SessionInfo info) {
        return new SessionView(
                info.id(),
                info.targetName() == null ? "discovery" : "normal",
                info.initiatorName(),
                "%012x".formatted(info.isid()),
                info.tsih(),
                ListenAddress.format(info.peer()),
                ListenAddress.format(info.local()),
                null,
                info.targetName(),
                info.since(),
                negotiated(info.parameters()),
                info.outstanding(),
                info.portalGroupTag(),
                info.initiatorAlias(),
                info.authentication(),
                new SessionView.Activity(
                        info.commands(),
                        info.bytesRead(),
                        info.bytesWritten(),
                        Integer.toUnsignedLong(info.expCmdSn()),
                        Integer.toUnsignedLong(info.maxCmdSn()),
                        Integer.toUnsignedLong(info.statSn()),
                        TimeUnit.NANOSECONDS.toSeconds(info.silentNanos()),
                        info.asked()));
    }

    /** The keys of RFC 7143 section 13, in its words; what only one side declares is told from its point of view. */
    private static Map<String, String> negotiated(SessionParameters agreed) {
        Map<String, String> keys = new LinkedHashMap<>();
        keys.put("HeaderDigest", agreed.headerDigest() ? "CRC32C" : "None");
        keys.put("DataDigest", agreed.dataDigest() ? "CRC32C" : "None");
        keys.put("InitiatorMaxRecvDataSegmentLength", Integer.toString(agreed.initiatorMaxRecvDataSegmentLength()));
        keys.put("TargetMaxRecvDataSegmentLength", Integer.toString(agreed.targetMaxRecvDataSegmentLength()));
        keys.put("InitialR2T", yesOrNo(agreed.initialR2T()));
        keys.put("ImmediateData", yesOrNo(agreed.immediateData()));
        keys.put("FirstBurstLength", Integer.toString(agreed.firstBurstLength()));
        keys.put("MaxBurstLength", Integer.toString(agreed.maxBurstLength()));
        keys.put("MaxOutstandingR2T", Integer.toString(agreed.maxOutstandingR2T()));
        keys.put("MaxConnections", Integer.toString(agreed.maxConnections()));
        keys.put("ErrorRecoveryLevel", Integer.toString(agreed.errorRecoveryLevel()));
        keys.put("DefaultTime2Wait", Integer.toString(agreed.defaultTime2Wait()));
        keys.put("DefaultTime2Retain", Integer.toString(agreed.defaultTime2Retain()));
        keys.put("DataPDUInOrder", yesOrNo(agreed.dataPduInOrder()));
        keys.put("DataSequenceInOrder", yesOrNo(agreed.dataSequenceInOrder()));
        return keys;
    }

    private static String yesOrNo(boolean yes) {
        return yes ? "Yes" : "No";
    }
}
