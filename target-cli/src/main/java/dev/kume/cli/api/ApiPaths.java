package dev.kume.cli.api;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** The paths of the management API, for clients; {@code docs/api.md} says what each does. */
public final class ApiPaths {
    public static final String STATUS = "/v1/status";
    public static final String ALARMS = "/v1/alarms";
    public static final String STATISTICS = "/v1/statistics";
    public static final String DISKS = "/v1/disks";
    public static final String DISK_IMPORT = "/v1/disks/import";
    public static final String DISK_CHECK = "/v1/disks/check";
    public static final String SNAPSHOTS = "/v1/snapshots";
    public static final String CLUSTERS = "/v1/clusters";
    public static final String TARGETS = "/v1/targets";
    public static final String MAPPINGS = "/v1/mappings";
    public static final String INITIATORS = "/v1/initiators";
    public static final String SESSIONS = "/v1/sessions";
    public static final String RESERVATIONS = "/v1/reservations";
    public static final String CREDENTIALS = "/v1/credentials";
    public static final String TOKENS = "/v1/tokens";
    public static final String DISCOVERY = "/v1/discovery";
    public static final String OPERATIONS = "/v1/operations";

    /** POST writes a backup of the state. */
    public static final String STATE_BACKUP = "/v1/state/backup";

    /** GET: what of the daemon goes into a support bundle. */
    public static final String SUPPORT = "/v1/support";

    /** POST without a body. */
    public static final String RELOAD = "/v1/service/reload";

    /** POST begins, GET tells how far it is. */
    public static final String DRAIN = "/v1/service/drain";

    /** POST tells what would change. */
    public static final String CONFIG_PLAN = "/v1/config/plan";

    /** POST begins an operation. */
    public static final String CONFIG_APPLY = "/v1/config/apply";

    private static final String AUDIT = "/v1/audit";
    private static final String CONFIG = "/v1/config";

    private ApiPaths() {}

    /** {@code /v1/audit?since=TIME&for=KIND/NAME&limit=N}: GET; null for all. */
    public static String audit(@Nullable Instant since, @Nullable String subject, int limit) {
        return AUDIT
                + "?limit=" + limit
                + (since == null ? "" : "&since=" + encode(since.toString()))
                + (subject == null ? "" : "&for=" + encode(subject));
    }

    /** {@code /v1/config/history?limit=N}: GET. */
    public static String configHistory(int limit) {
        return CONFIG + "/history?limit=" + limit;
    }

    /** {@code /v1/config/diff?from=N&to=M}: GET; null for the version before, and for the one that holds. */
    public static String configDiff(@Nullable Long from, @Nullable Long to) {
        String query = (from == null ? "" : "from=" + from)
                + (from == null || to == null ? "" : "&")
                + (to == null ? "" : "to=" + to);
        return CONFIG + "/diff" + (query.isEmpty() ? "" : "?" + query);
    }

    /** {@code /v1/config/export?version=N}: GET; null for the version that holds. */
    public static String configExport(@Nullable Long version) {
        return CONFIG + "/export" + (version == null ? "" : "?version=" + version);
    }

    /** {@code /v1/service/drain?after=REVISION&waitSeconds=N}: GET answers at the next change, or after N seconds. */
    public static String drainChange(long afterRevision, int waitSeconds) {
        return DRAIN + "?after=" + afterRevision + "&waitSeconds=" + waitSeconds;
    }

    /** {@code /v1/disks/NAME}: GET, PATCH, DELETE. */
    public static String disk(String name) {
        return DISKS + "/" + encode(name);
    }

    /** {@code /v1/disks/NAME/resize}: POST begins an operation. */
    public static String diskResize(String name) {
        return disk(name) + "/resize";
    }

    /** {@code /v1/disks/NAME/convert}: POST begins an operation. */
    public static String diskConvert(String name) {
        return disk(name) + "/convert";
    }

    /** {@code /v1/disks/NAME/copy}: POST begins an operation. */
    public static String diskCopy(String name) {
        return disk(name) + "/copy";
    }

    /** {@code /v1/disks/NAME/export}: POST begins an operation. */
    public static String diskExport(String name) {
        return disk(name) + "/export";
    }

    /** {@code /v1/disks/NAME/check}: POST begins an operation. */
    public static String diskCheck(String name) {
        return disk(name) + "/check";
    }

    /** {@code /v1/disks/NAME/compact}: POST without a body begins an operation. */
    public static String diskCompact(String name) {
        return disk(name) + "/compact";
    }

    /** {@code /v1/disks/NAME/thaw}: POST without a body. */
    public static String diskThaw(String name) {
        return disk(name) + "/thaw";
    }

    /** {@code /v1/disks/NAME/online}: POST without a body. */
    public static String diskOnline(String name) {
        return disk(name) + "/online";
    }

    /** {@code /v1/disks/NAME/offline?force=...}: POST without a body. */
    public static String diskOffline(String name, boolean force) {
        return disk(name) + "/offline?force=" + force;
    }

    /** {@code /v1/disks/NAME?deleteFile=...}: DELETE. */
    public static String diskRemoval(String name, boolean deleteFile) {
        return disk(name) + "?deleteFile=" + deleteFile;
    }

    /** {@code /v1/disks/NAME?deleteFile=...&withSnapshots=true}: DELETE. */
    public static String diskRemoval(String name, boolean deleteFile, boolean withSnapshots) {
        return diskRemoval(name, deleteFile) + (withSnapshots ? "&withSnapshots=true" : "");
    }

    /** {@code /v1/disks/NAME/clone}: POST begins an operation. */
    public static String diskClone(String name) {
        return disk(name) + "/clone";
    }

    /** {@code /v1/disks/NAME/snapshots}: GET; POST begins an operation. */
    public static String snapshots(String disk) {
        return disk(disk) + "/snapshots";
    }

    /** {@code /v1/disks/NAME/snapshots/SNAPSHOT}: GET; DELETE begins an operation. */
    public static String snapshot(String disk, String name) {
        return snapshots(disk) + "/" + encode(name);
    }

    /** {@code /v1/disks/NAME/snapshots/remove}: POST begins an operation. */
    public static String snapshotRemoval(String disk) {
        return snapshots(disk) + "/remove";
    }

    /** {@code /v1/disks/NAME/snapshots/SNAPSHOT/restore}: POST without a body begins an operation. */
    public static String snapshotRestore(String disk, String name) {
        return snapshot(disk, name) + "/restore";
    }

    /** {@code /v1/disks/NAME/snapshots/SNAPSHOT/mount}: POST begins an operation. */
    public static String snapshotMount(String disk, String name) {
        return snapshot(disk, name) + "/mount";
    }

    /** {@code /v1/targets/NAME}: GET, PATCH, DELETE. */
    public static String target(String name) {
        return TARGETS + "/" + encode(name);
    }

    /** {@code /v1/targets/NAME?force=...}: DELETE. */
    public static String targetRemoval(String name, boolean force) {
        return target(name) + "?force=" + force;
    }

    /** {@code /v1/targets/NAME/initiators/WHO}: PUT allows. */
    public static String allowed(String target, String initiator) {
        return target(target) + "/initiators/" + encode(initiator);
    }

    /** {@code /v1/targets/NAME/initiators/WHO?force=...}: DELETE denies. */
    public static String denial(String target, String initiator, boolean force) {
        return allowed(target, initiator) + "?force=" + force;
    }

    /** {@code /v1/clusters/NAME}: GET, PATCH. */
    public static String cluster(String name) {
        return CLUSTERS + "/" + encode(name);
    }

    /** {@code /v1/clusters/NAME?deleteFiles=...&force=...}: DELETE. */
    public static String clusterRemoval(String name, boolean deleteFiles, boolean force) {
        return cluster(name) + "?deleteFiles=" + deleteFiles + "&force=" + force;
    }

    /** {@code /v1/clusters/NAME/nodes/NODE}: PUT. */
    public static String clusterNode(String name, String node) {
        return cluster(name) + "/nodes/" + encode(node);
    }

    /** {@code /v1/clusters/NAME/nodes/NODE?force=...}: DELETE. */
    public static String clusterNodeRemoval(String name, String node, boolean force) {
        return clusterNode(name, node) + "?force=" + force;
    }

    /** {@code /v1/clusters/NAME/disks/DISK}: PUT begins an operation. */
    public static String clusterDisk(String name, String disk) {
        return cluster(name) + "/disks/" + encode(disk);
    }

    /** {@code /v1/clusters/NAME/disks/DISK?force=...}: DELETE. */
    public static String clusterDiskRemoval(String name, String disk, boolean force) {
        return clusterDisk(name, disk) + "?force=" + force;
    }

    /** {@code /v1/clusters/NAME/status}: GET. */
    public static String clusterStatus(String name) {
        return cluster(name) + "/status";
    }

    /** {@code /v1/clusters/NAME/verify}: GET. */
    public static String clusterVerify(String name) {
        return cluster(name) + "/verify";
    }

    /** {@code /v1/credentials/NAME}: GET, PATCH, DELETE. */
    public static String credential(String name) {
        return CREDENTIALS + "/" + encode(name);
    }

    /** {@code /v1/tokens/NAME}: DELETE revokes. */
    public static String token(String name) {
        return TOKENS + "/" + encode(name);
    }

    /** {@code /v1/mappings/DISK/TARGET}: PATCH. */
    public static String mapping(String disk, String target) {
        return MAPPINGS + "/" + encode(disk) + "/" + encode(target);
    }

    /** {@code /v1/mappings/DISK/TARGET?force=...}: DELETE unmaps. */
    public static String unmapping(String disk, String target, boolean force) {
        return mapping(disk, target) + "?force=" + force;
    }

    /** {@code /v1/clusters/NAME/validation}: POST begins an operation. */
    public static String clusterValidation(String name) {
        return "/v1/clusters/" + encode(name) + "/validation";
    }

    /** {@code /v1/reservations/DISK}: GET. */
    public static String reservation(String disk) {
        return RESERVATIONS + "/" + encode(disk);
    }

    /** {@code /v1/reservations/DISK?force=...}: DELETE clears. */
    public static String reservationClearing(String disk, boolean force) {
        return reservation(disk) + "?force=" + force;
    }

    /** {@code /v1/clusters/NAME/timeline?since=TIME&disk=DISK}: GET. */
    public static String timeline(String cluster, Instant since, @Nullable String disk) {
        return cluster(cluster) + "/timeline?since=" + encode(since.toString())
                + (disk == null ? "" : "&disk=" + encode(disk));
    }

    /** {@code /v1/sessions/ID}: GET, DELETE logs out. */
    public static String session(long id) {
        return SESSIONS + "/" + id;
    }

    /** {@code /v1/sessions/ID/trace}: GET. */
    public static String trace(long id) {
        return session(id) + "/trace";
    }

    /** {@code /v1/operations/ID}: GET. */
    public static String operation(long id) {
        return OPERATIONS + "/" + id;
    }

    /** {@code /v1/operations/ID?after=REVISION&waitSeconds=N}: GET answers at the next change, or after N seconds. */
    public static String operationChange(long id, long afterRevision, int waitSeconds) {
        return operation(id) + "?after=" + afterRevision + "&waitSeconds=" + waitSeconds;
    }

    /** {@code /v1/operations/ID/cancel}: POST without a body. */
    public static String cancel(long id) {
        return operation(id) + "/cancel";
    }

    private static String encode(String segment) {
        return URLEncoder.encode(segment, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
