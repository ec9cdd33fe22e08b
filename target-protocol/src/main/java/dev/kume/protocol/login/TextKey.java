package dev.kume.protocol.login;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Every key that this target understands, one row each: RFC 7143 section 13, and of section 12.1 AuthMethod and CHAP. A
 * key that is not here is answered NotUnderstood.
 */
public enum TextKey {
    AUTH_METHOD("AuthMethod", Kind.LIST, Place.SECURITY, Sender.BOTH, Scope.EVERY_SESSION, "None"),
    CHAP_A("CHAP_A", Kind.LIST, Place.SECURITY, Sender.BOTH, Scope.EVERY_SESSION, ""),
    CHAP_I("CHAP_I", Kind.TEXT, Place.SECURITY, Sender.BOTH, Scope.EVERY_SESSION, ""),
    CHAP_C("CHAP_C", Kind.TEXT, Place.SECURITY, Sender.BOTH, Scope.EVERY_SESSION, ""),
    CHAP_N("CHAP_N", Kind.TEXT, Place.SECURITY, Sender.BOTH, Scope.EVERY_SESSION, ""),
    CHAP_R("CHAP_R", Kind.TEXT, Place.SECURITY, Sender.BOTH, Scope.EVERY_SESSION, ""),
    HEADER_DIGEST("HeaderDigest", Kind.LIST, Place.OPERATIONAL, Sender.BOTH, Scope.EVERY_SESSION, "None"),
    DATA_DIGEST("DataDigest", Kind.LIST, Place.OPERATIONAL, Sender.BOTH, Scope.EVERY_SESSION, "None"),
    MAX_CONNECTIONS("MaxConnections", Kind.NUMBER_MIN, Scope.NORMAL_SESSION, "1", 1, 65_535),
    SEND_TARGETS("SendTargets", Kind.TEXT, Place.FULL_FEATURE, Sender.INITIATOR, Scope.EVERY_SESSION, ""),
    TARGET_NAME("TargetName", Kind.TEXT, Place.LOGIN, Sender.BOTH, Scope.EVERY_SESSION, ""),
    INITIATOR_NAME("InitiatorName", Kind.TEXT, Place.LOGIN, Sender.INITIATOR, Scope.EVERY_SESSION, ""),
    TARGET_ALIAS("TargetAlias", Kind.TEXT, Place.ANYWHERE, Sender.TARGET, Scope.EVERY_SESSION, ""),
    INITIATOR_ALIAS("InitiatorAlias", Kind.TEXT, Place.ANYWHERE, Sender.INITIATOR, Scope.EVERY_SESSION, ""),
    TARGET_ADDRESS("TargetAddress", Kind.TEXT, Place.ANYWHERE, Sender.TARGET, Scope.EVERY_SESSION, ""),
    TARGET_PORTAL_GROUP_TAG("TargetPortalGroupTag", Kind.TEXT, Place.LOGIN, Sender.TARGET, Scope.EVERY_SESSION, ""),
    INITIAL_R2T("InitialR2T", Kind.BOOLEAN_OR, Place.OPERATIONAL, Sender.BOTH, Scope.NORMAL_SESSION, "Yes"),
    IMMEDIATE_DATA("ImmediateData", Kind.BOOLEAN_AND, Place.OPERATIONAL, Sender.BOTH, Scope.NORMAL_SESSION, "Yes"),
    MAX_RECV_DATA_SEGMENT_LENGTH(
            "MaxRecvDataSegmentLength",
            Kind.NUMBER_DECLARED,
            Place.OPERATIONAL_OR_FULL_FEATURE,
            Sender.BOTH,
            Scope.EVERY_SESSION,
            "8192",
            512,
            16_777_215),
    MAX_BURST_LENGTH("MaxBurstLength", Kind.NUMBER_MIN, Scope.NORMAL_SESSION, "262144", 512, 16_777_215),
    FIRST_BURST_LENGTH("FirstBurstLength", Kind.NUMBER_MIN, Scope.NORMAL_SESSION, "65536", 512, 16_777_215),
    DEFAULT_TIME2WAIT("DefaultTime2Wait", Kind.NUMBER_MAX, Scope.EVERY_SESSION, "2", 0, 3_600),
    DEFAULT_TIME2RETAIN("DefaultTime2Retain", Kind.NUMBER_MIN, Scope.EVERY_SESSION, "20", 0, 3_600),
    MAX_OUTSTANDING_R2T("MaxOutstandingR2T", Kind.NUMBER_MIN, Scope.NORMAL_SESSION, "1", 1, 65_535),
    DATA_PDU_IN_ORDER("DataPDUInOrder", Kind.BOOLEAN_OR, Place.OPERATIONAL, Sender.BOTH, Scope.NORMAL_SESSION, "Yes"),
    DATA_SEQUENCE_IN_ORDER(
            "DataSequenceInOrder", Kind.BOOLEAN_OR, Place.OPERATIONAL, Sender.BOTH, Scope.NORMAL_SESSION, "Yes"),
    ERROR_RECOVERY_LEVEL("ErrorRecoveryLevel", Kind.NUMBER_MIN, Scope.EVERY_SESSION, "0", 0, 2),
    SESSION_TYPE("SessionType", Kind.TEXT, Place.LOGIN, Sender.INITIATOR, Scope.EVERY_SESSION, "Normal"),
    TASK_REPORTING("TaskReporting", Kind.LIST, Place.OPERATIONAL, Sender.BOTH, Scope.NORMAL_SESSION, "RFC3720"),
    ISCSI_PROTOCOL_LEVEL("iSCSIProtocolLevel", Kind.NUMBER_MIN, Scope.NORMAL_SESSION, "1", 0, 31),
    NODE_ARCHITECTURE("X#NodeArchitecture", Kind.TEXT, Place.OPERATIONAL, Sender.BOTH, Scope.EVERY_SESSION, ""),
    IF_MARKER("IFMarker", Kind.OBSOLETE_BOOLEAN, Place.OPERATIONAL, Sender.BOTH, Scope.EVERY_SESSION, "No"),
    OF_MARKER("OFMarker", Kind.OBSOLETE_BOOLEAN, Place.OPERATIONAL, Sender.BOTH, Scope.EVERY_SESSION, "No"),
    IF_MARK_INT("IFMarkInt", Kind.OBSOLETE_RANGE, Place.OPERATIONAL, Sender.BOTH, Scope.EVERY_SESSION, ""),
    OF_MARK_INT("OFMarkInt", Kind.OBSOLETE_RANGE, Place.OPERATIONAL, Sender.BOTH, Scope.EVERY_SESSION, "");

    static final String YES = "Yes";
    static final String NO = "No";
    static final String NOT_UNDERSTOOD = "NotUnderstood";
    static final String IRRELEVANT = "Irrelevant";
    static final String REJECT = "Reject";

    /** How a result comes from the values of both sides (RFC 7143 section 6.2). */
    enum Kind {
        /** The first value of the initiator's list that the target has too. */
        LIST,
        /** Yes when both say Yes. */
        BOOLEAN_AND,
        /** Yes when one says Yes. */
        BOOLEAN_OR,
        /** The smaller number. */
        NUMBER_MIN,
        /** The larger number. */
        NUMBER_MAX,
        /** Each side tells a number of its own; nothing is answered. */
        NUMBER_DECLARED,
        /** One side tells something; nothing is answered. */
        TEXT,
        /** A marker key of RFC 3720: answered No (RFC 7143 section 13.25). */
        OBSOLETE_BOOLEAN,
        /** A marker interval of RFC 3720: answered Reject (RFC 7143 section 13.25). */
        OBSOLETE_RANGE
    }

    /** Where a key may be sent. */
    enum Place {
        /** The security stage, whose keys {@link SecurityNegotiation} answers. */
        SECURITY,
        OPERATIONAL,
        /** Either stage of a login. */
        LOGIN,
        FULL_FEATURE,
        OPERATIONAL_OR_FULL_FEATURE,
        ANYWHERE
    }

    /** Who may send a key first. */
    enum Sender {
        INITIATOR,
        TARGET,
        BOTH
    }

    /** In which sessions a key means something; in the others it is answered Irrelevant. */
    enum Scope {
        NORMAL_SESSION,
        EVERY_SESSION
    }

    private static final int VALUE_BYTES_MAX = 255;
    private static final Map<String, TextKey> BY_NAME = byName();

    private final String keyName;
    private final Kind kind;
    private final Place place;
    private final Sender sender;
    private final Scope scope;
    private final String defaultValue;
    private final long min;
    private final long max;

    TextKey(String keyName, Kind kind, Place place, Sender sender, Scope scope, String defaultValue) {
        this(keyName, kind, place, sender, scope, defaultValue, 0, 0);
    }

    /** A number that both sides negotiate in the operational stage. */
    TextKey(String keyName, Kind kind, Scope scope, String defaultValue, long min, long max) {
        this(keyName, kind, Place.OPERATIONAL, Sender.BOTH, scope, defaultValue, min, max);
    }

    TextKey(
            String keyName,
            Kind kind,
            Place place,
            Sender sender,
            Scope scope,
            String defaultValue,
            long min,
            long max) {
        this.keyName = keyName;
        this.kind = kind;
        this.place = place;
        this.sender = sender;
        this.scope = scope;
        this.defaultValue = defaultValue;
        this.min = min;
        this.max = max;
    }

    /** The key of this name, or null when this target does not understand it. */
    public static @Nullable TextKey of(String keyName) {
        return BY_NAME.get(keyName);
    }

    /** The name on the wire. */
    public String keyName() {
        return keyName;
    }

    Kind kind() {
        return kind;
    }

    Sender sender() {
        return sender;
    }

    Scope scope() {
        return scope;
    }

    /** What holds when nobody says anything. */
    String defaultValue() {
        return defaultValue;
    }

    /** The smallest number that may be offered. */
    long min() {
        return min;
    }

    /** The largest number that may be offered. */
    long max() {
        return max;
    }

    /** The longest value, or element of a list, in bytes (RFC 7143 sections 6.1 and 12.1.3). */
    int valueBytesMax() {
        return this == CHAP_C || this == CHAP_R ? Chap.ENCODED_BYTES_MAX : VALUE_BYTES_MAX;
    }

    /** True for the keys by which one proves who it is. */
    boolean isOfSecurity() {
        return place == Place.SECURITY;
    }

    boolean mayBeSentIn(LoginStage stage) {
        return switch (place) {
            case SECURITY -> stage == LoginStage.SECURITY_NEGOTIATION;
            case OPERATIONAL -> stage == LoginStage.OPERATIONAL_NEGOTIATION;
            case LOGIN -> stage != LoginStage.FULL_FEATURE_PHASE;
            case FULL_FEATURE -> stage == LoginStage.FULL_FEATURE_PHASE;
            case OPERATIONAL_OR_FULL_FEATURE -> stage != LoginStage.SECURITY_NEGOTIATION;
            case ANYWHERE -> true;
        };
    }

    private static Map<String, TextKey> byName() {
        Map<String, TextKey> keys = new HashMap<>();
        for (TextKey key : values()) {
            keys.put(key.keyName, key);
        }
        return Map.copyOf(keys);
    }
}
