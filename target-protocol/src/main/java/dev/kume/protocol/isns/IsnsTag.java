package dev.kume.protocol.isns;

/** The attributes that this client writes or reads (RFC 4171 section 6.1). */
enum IsnsTag {
    DELIMITER(0),
    ENTITY_IDENTIFIER(1),
    ENTITY_PROTOCOL(2),
    REGISTRATION_PERIOD(6),
    PORTAL_IP_ADDRESS(16),
    PORTAL_PORT(17),
    ISCSI_NAME(32),
    ISCSI_NODE_TYPE(33),
    ISCSI_ALIAS(34),
    PG_ISCSI_NAME(48),
    PG_PORTAL_IP_ADDRESS(49),
    PG_PORTAL_PORT(50),
    PG_TAG(51);

    private final int code;

    IsnsTag(int code) {
        this.code = code;
    }

    int code() {
        return code;
    }
}
