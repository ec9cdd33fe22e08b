package dev.kume.cli.log;

import dev.kume.protocol.event.EventFacts;
import dev.kume.protocol.event.LogEvent;
import dev.kume.protocol.event.Severity;

/** Of the daemon as a service: start and stop, portals, settings, the API, its own files. Numbers 2000 to 2999. */
public enum ServiceEvent implements LogEvent {
    STARTED(2001, Severity.INFO, "Kume {version} runs as process {pid} with {file}"),
    READY(2002, Severity.INFO, "Ready on {portals}, managed on {socket}"),
    STOPPING(2003, Severity.INFO, "Stopping"),
    STOPPED(2004, Severity.INFO, "Stopped"),
    STOP_TAKES_TOO_LONG(
            2005,
            Severity.ERROR,
            "The stop takes more than {millis} ms; the process ends without it",
            "A disk hangs: look at its device. What initiators were promised to be durable is."),
    STOP_STEP_FAILED(2006, Severity.ERROR, "Stopping: {what}: {reason}", "The stop goes on with what is next."),
    INVENTORY_LOADED(
            2007, Severity.INFO, "Inventory version {version}: {disks} disks, {targets} targets, {mappings} mappings"),
    WORK_LEFT_BEHIND(2008, Severity.WARNING, "Work that does not end was left behind; the next start cleans up"),
    STATE_UPGRADED(
            2051,
            Severity.INFO,
            "The state in {directory} was brought from schema version {from} to {to}; as it was it is in {copy}",
            "Nothing. An older Kume does not start with it any more: to go back, see upgrade.md."),
    STATE_OPEN(2052, Severity.WARNING, "{concern}", "Do what the line says. Secrets are in files of their own."),
    DRAINING(2011, Severity.INFO, "Draining: initiators have {seconds} seconds to log out"),
    DRAIN_HANGS(
            2012,
            Severity.ERROR,
            "Draining: commands still wait for disks; they are abandoned: {reason}",
            "A disk hangs: look at its device."),
    DRAIN_CUT(
            2013,
            Severity.WARNING,
            "Draining: cut {initiator} from {peer}",
            "The host did not log out in time: give it longer with --timeout, or log it out first."),
    PORTAL_OPENED(2021, Severity.INFO, "Portal {portal} is open on {addresses}"),
    PORTAL_CLOSED(2022, Severity.INFO, "Portal {portal} is closed"),
    PORTAL_CUT(
            2023,
            Severity.WARNING,
            "{initiator} from {peer} did not log out from {target} when its portal closed: cut"),
    TARGET_WITHOUT_PORTAL(
            2024,
            Severity.WARNING,
            "Target {target} is tied to portals that kume.yaml does not have ({portals}): nobody sees it; run "
                    + "'kume target set {name} --portal NAME', or --all-portals",
            "Do what the line says, or give kume.yaml that portal again."),
    SYSTEMD_UNREACHABLE(
            2031,
            Severity.WARNING,
            "NOTIFY_SOCKET is set, and systemd cannot be told anything: {reason}",
            "Start the daemon by its unit, or without NOTIFY_SOCKET in its environment."),
    WATCHDOG_UNREADABLE(
            2032,
            Severity.WARNING,
            "WATCHDOG_USEC is '{time}', which is no time: systemd gets no heartbeat",
            "Correct WatchdogSec= in the unit."),
    SYSTEMD_SLOW(2033, Severity.WARNING, "systemd does not take that Kume is ready; it is told again"),
    NO_HEARTBEAT(
            2034,
            Severity.ERROR,
            "systemd gets no heartbeat, and restarts Kume when this goes on: {reason}",
            "Something in the daemon hangs: look at the devices of the disks."),
    SYSTEMD_NOT_TOLD(
            2035,
            Severity.WARNING,
            "systemd cannot be told: {reason}",
            "The unit may show an old state; disks are served."),
    WINDOWS_SERVICE_BUG(
            2041,
            Severity.ERROR,
            "The service ends after an error of our own: {reason}",
            "Please report it with the lines that follow. Windows starts the service again."),
    STOP_WITHOUT_DRAIN(
            2042,
            Severity.WARNING,
            "The service stops at once, for a drain could not begin: {reason}",
            "Sessions were cut; what initiators were promised to be durable is."),
    WINDOWS_NOT_TOLD(
            2043,
            Severity.WARNING,
            "Windows cannot be told how the service stands: {reason}",
            "The list of services may show an old state; disks are served."),
    WINDOWS_LOG_CLOSED(
            2044,
            Severity.WARNING,
            "The Event Log is not written: {reason}",
            "Lines go to the file that kume.yaml names under log, all the same."),
    START_REFUSED(
            2045,
            Severity.ERROR,
            "Kume does not start: {reason}",
            "Do what the line says, and start the service again."),
    SETTINGS_READ(2101, Severity.INFO, "{file} was read again{outcome}"),
    SETTING_CHANGED(
            2102, Severity.INFO, "{setting} {change}: {outcome}", "What needs a restart waits for the next one."),
    CONFIG_APPLIED(2103, Severity.INFO, "Applied {source}: inventory version {version}"),
    RESERVATIONS_CLEARED(
            2104,
            Severity.WARNING,
            "Disk {disk}: an administrator cleared its reservation ({initiator}) and {registrations} "
                    + "registrations{nodes}",
            "Hosts that had it are told. A cluster takes the disk again by itself."),
    RESERVATIONS_GIVEN_UP(
            2105,
            Severity.WARNING,
            "Disk {disk}: an administrator gave up its reservations, which were lost; it comes back at the next "
                    + "start",
            "Restart the daemon."),
    HOSTS_THAWED(2106, Severity.INFO, "Disk {disk}: {hosts} may write again"),
    API_BUG(2201, Severity.ERROR, "A request met a bug of the daemon", "Please report it with the lines that follow."),
    API_CROWDED(
            2202,
            Severity.WARNING,
            "More than {connections} connections to the management socket; one was closed",
            "A script does not end its commands."),
    API_SOCKET_STAYS(
            2203,
            Severity.WARNING,
            "The management socket {socket} could not be removed: {reason}",
            "The next start removes it."),
    API_WAIT_TOO_LONG(
            2204,
            Severity.ERROR,
            "{what} takes more than {seconds} seconds; a disk or a loop hangs",
            "Look at the devices of the disks. What was asked for is written down and goes on."),
    METRICS_LISTEN(2231, Severity.INFO, "The metrics are at http://{address}/metrics"),
    CHANGE_MADE(
            2211,
            Severity.INFO,
            "{caller} from {from}: {request}: {outcome}",
            "The audit log has it in full: kume audit list."),
    CHANGE_REFUSED(
            2212,
            Severity.INFO,
            "{caller} from {from}: {request}: not done: {reason}",
            "The audit log has it in full: kume audit list."),
    AUDIT_NOT_WRITABLE(
            2213,
            Severity.CRITICAL,
            "the audit log cannot be written: {reason}; not written down: {caller} from {from}: {request}",
            "Free space on the file system of the state directory. Changes are made all the same, so that it can "
                    + "be freed, and each has this line."),
    AUDIT_WRITABLE(2214, Severity.INFO, "the audit log can be written again; {missed} changes are missing there"),
    INITIATORS_FORGOTTEN(
            2301,
            Severity.WARNING,
            "The initiators seen so far are forgotten: {reason}",
            "Nothing depends on them; they are seen again when they log in."),
    INITIATORS_NOT_SAVED(
            2302,
            Severity.WARNING,
            "{file} could not be written: {reason}",
            "Free space on the file system of the state directory, or look after it. It is tried again."),
    KEYS_FORGOTTEN(
            2303,
            Severity.WARNING,
            "Which node had which reservation key is learned anew: {reason}; the file is now {file}"),
    KEYS_UNREADABLE(
            2304,
            Severity.WARNING,
            "{file} cannot be read ({damage}), nor put aside: {reason}",
            "Move the file away. Until then which node had which key is learned anew at each start."),
    KEYS_NOT_SAVED(
            2305,
            Severity.WARNING,
            "{file} could not be written: {reason}",
            "Free space on the file system of the state directory, or look after it. It is tried again."),
    INVENTORY_VERSION_DAMAGED(
            2306,
            Severity.WARNING,
            "{file} is damaged as well: {reason}",
            "The one line of the start says which version is good."),
    CREDENTIAL_UNUSABLE(
            2311, Severity.WARNING, "{reason}", "Do what the line says: logins that need the credential are refused."),
    SECRET_STAYS(
            2312,
            Severity.WARNING,
            "A secret that nothing uses stays in {directory}: {reason}",
            "Look at the owner and mode of the directory; the next start tries again."),
    TRACES_LEFT_OUT(
            2321,
            Severity.WARNING,
            "{count} connections were closed for errors since the last trace file, too quickly to trace"),
    TRACE_NOT_WRITTEN(
            2322,
            Severity.WARNING,
            "The trace file {file} could not be written: {reason}",
            "Free space on the file system of the state directory."),
    MORE_LIKE_THIS(
            2401,
            Severity.INFO,
            "{count} more lines {like} since {since}, the last: {last}",
            "Lines of one event about one subject are written ten times a minute, and then counted. The line has "
                    + "the severity of those it stands for."),
    LOG_NOT_WRITABLE(
            2402,
            Severity.ERROR,
            "{place} cannot be written: {reason}; lines go on to the other places of the log",
            "Free space there, or look after it. It is tried again with every line; disks are served all the "
                    + "same."),
    LOG_WRITABLE(2403, Severity.INFO, "{place} can be written again; {lost} lines were lost there"),
    LOG_LINES_DROPPED(
            2404,
            Severity.WARNING,
            "{count} lines were left out of the log: they came quicker than it could be written",
            "The place of the log is slow, or hangs: look at its device, or at who reads the standard error."),
    CERTIFICATE_MADE(
            2501,
            Severity.INFO,
            "A certificate for the management API was {verb}: for {names}, until {expires}, fingerprint {fingerprint}"),
    REMOTE_LISTENS(2502, Severity.INFO, "The management API listens on {address}, fingerprint {fingerprint}"),
    REMOTE_REFUSED(
            2503,
            Severity.WARNING,
            "{peer} was refused by the management API: {reason}",
            "A client with an old token, or somebody who tries the door. At most ten lines a minute for one address."),
    TOKEN_MADE(2504, Severity.INFO, "Token {name} was made, with the role {role}"),
    TOKEN_REVOKED(2505, Severity.INFO, "Token {name} was revoked"),
    TOKEN_USES_LOST(
            2506,
            Severity.WARNING,
            "When tokens were last used could not be written down: {reason}",
            "Look after the file system of the state directory; the tokens themselves are there.");

    @SuppressWarnings("ImmutableEnumChecker") // Its fields never change.
    private final EventFacts facts;

    ServiceEvent(int number, Severity severity, String text) {
        this(number, severity, text, "");
    }

    ServiceEvent(int number, Severity severity, String text, String advice) {
        facts = new EventFacts(number, severity, text, advice);
    }

    @Override
    public EventFacts facts() {
        return facts;
    }
}
