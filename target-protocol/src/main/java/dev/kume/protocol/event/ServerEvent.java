package dev.kume.protocol.event;

/** Of the iSCSI server: connections, logins, sessions, iSNS. Numbers 1000 to 1999. */
public enum ServerEvent implements LogEvent {
    CONNECTION_REFUSED(
            1001,
            Severity.WARNING,
            "{peer}: connection refused: too many connections or logins at once",
            "See limits.connections and the limits of logins in kume.yaml; one address that does this again and "
                    + "again is broken or hostile."),
    CONNECTION_BUG(
            1002,
            Severity.ERROR,
            "{peer} {initiator}: dropped after an error of our own",
            "A bug of Kume: this connection went and no other. Please report it with the lines that follow."),
    INITIATOR_BUG(
            1003,
            Severity.ERROR,
            "{peer}: dropped after an error of our own, as initiator",
            "A bug of the initiator that validates clusters. Please report it with the lines that follow."),
    LOGIN_ACCEPTED(1101, Severity.INFO, "{peer} {initiator}: logged in to {target} via {portal}"),
    DISCOVERY_ACCEPTED(1102, Severity.INFO, "{peer} {initiator}: discovery session via {portal}"),
    LOGIN_REFUSED(
            1103,
            Severity.WARNING,
            "login refused: {initiator} from {peer} wants {target}: {status}: {reason}{remedy}",
            "The line says what to do, if there is something. Like refusals follow as a sum, KUME-1104."),
    LOGIN_REFUSED_AGAIN(
            1104,
            Severity.WARNING,
            "login refused {count} times more since {since}: {initiator} from {peer} wants {target}: {status}: "
                    + "{reason}",
            "An initiator that is set up wrongly tries for ever: remove the target from it, or allow it."),
    LOGIN_REFUSALS_LEFT_OUT(
            1105,
            Severity.WARNING,
            "{count} more lines about refused logins were left out: somebody tries under many names",
            "Look at the addresses in the lines before, and close the portals to them."),
    LOGIN_ENDED(
            1106,
            Severity.INFO,
            "{peer} {initiator}: login ended: {reason}",
            "Once is a port scan or a cut cable; often, look at the network, or at the trace that \"kume session "
                    + "trace\" shows."),
    SESSION_ENDED(
            1201,
            Severity.INFO,
            "{peer} {initiator}: session with {target} ended: {reason}",
            "A logout, or what the line says. Where it says that the peer was silent, look at the network and the"
                    + " host."),
    REGISTRATION_REMOVED(
            1301,
            Severity.INFO,
            "Disk {disk}: unmapped from {target}, so the registration of {nexus} with key {key} is gone"),
    REGISTRATION_STAYS(
            1302,
            Severity.ERROR,
            "Disk {disk}: unmapped from {target}, but the registration of {nexus} with key {key} is still there: "
                    + "{reason}",
            "Look after the state directory, then clear it: kume reservation clear DISK."),
    ISNS_REGISTERED(
            1401,
            Severity.INFO,
            "iSNS server {server}: registered entity {entity} with {portals} portals and {targets} targets"),
    ISNS_DEREGISTERED(1402, Severity.INFO, "iSNS server {server}: deregistered entity {entity}"),
    ISNS_NOT_DEREGISTERED(
            1403,
            Severity.WARNING,
            "iSNS server {server}: not deregistered, {reason}",
            "The server forgets the entity after its period; until then initiators may be sent here."),
    ISNS_TROUBLE(
            1404,
            Severity.WARNING,
            "iSNS server {server}: {reason}; trying again until it works",
            "Look at the server and the way to it. Sessions do not need it."),
    ISNS_FORGOTTEN(
            1405,
            Severity.WARNING,
            "iSNS server {server}: it has forgotten entity {entity}; registering it again",
            "Often: another host uses the same entity name, see isns.entity in kume.yaml."),
    NAME_NOT_LOOKED_UP(
            1501,
            Severity.WARNING,
            "DNS name {name} is not looked up: too many lookups wait already",
            "The name server is slow or gone; logins that need the name are refused meanwhile."),
    NAME_WITHOUT_ADDRESS(
            1502,
            Severity.WARNING,
            "DNS name {name} of an access list has no address",
            "Correct the name in the access list, or in DNS: who depends on it is refused.");

    @SuppressWarnings("ImmutableEnumChecker") // Its fields never change.
    private final EventFacts facts;

    ServerEvent(int number, Severity severity, String text) {
        this(number, severity, text, "");
    }

    ServerEvent(int number, Severity severity, String text, String advice) {
        facts = new EventFacts(number, severity, text, advice);
    }

    @Override
    public EventFacts facts() {
        return facts;
    }
}
