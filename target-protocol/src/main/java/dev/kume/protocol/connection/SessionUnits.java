package dev.kume.protocol.connection;

import dev.kume.core.nexus.ITNexus;
import dev.kume.core.scsi.HeldAnswers;
import dev.kume.core.scsi.ITLNexus;
import dev.kume.core.scsi.LogicalUnit;
import dev.kume.core.scsi.LunMap;
import dev.kume.core.scsi.Sense;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The logical units that one session sees, and its nexus at each: follows what the target shows. Confined to the
 * session's loop.
 */
final class SessionUnits {
    private static final int REQUEST_SENSE = 0x03;
    private static final int INQUIRY = 0x12;
    private static final int REPORT_LUNS = 0xA0;

    private final Target target;
    private final ITNexus nexus;
    private final HeldAnswers answers;
    private final Map<LogicalUnit, ITLNexus> attached = new HashMap<>();
    private Target.@Nullable Definition seen;
    private @Nullable ITLNexus[] nexusByLun = {};

    /** The last unit was taken away, and no unit is left to tell it. */
    private boolean toldByNone;

    /** @param answers those that the session holds */
    SessionUnits(Target target, ITNexus nexus, HeldAnswers answers) {
        this.target = target;
        this.nexus = nexus;
        this.answers = answers;
    }

    ITNexus nexus() {
        return nexus;
    }

    /** The map as it is now. */
    LunMap luns() {
        Target.Definition definition = target.definition();
        if (definition != seen) {
            look(definition);
        }
        return definition.luns();
    }

    /** This nexus at a LUN, or null where there is no unit. */
    @Nullable
    ITLNexus nexusAt(int lun) {
        luns();
        return lun >= 0 && lun < nexusByLun.length ? nexusByLun[lun] : null;
    }

    /**
     * True once after the last unit was taken away, for the first command that hears of unit attentions: no unit is
     * left to tell it. INQUIRY and REQUEST SENSE pass, and after REPORT LUNS the initiator knows.
     */
    boolean lostLast(byte[] cdb) {
        int opcode = cdb[0] & 0xFF;
        if (!toldByNone || opcode == INQUIRY || opcode == REQUEST_SENSE) {
            return false;
        }
        toldByNone = false;
        return opcode != REPORT_LUNS;
    }

    /** Meets the units that the target's map shows now, and leaves those that it shows no more. */
    private void look(Target.Definition definition) {
        boolean first = seen == null;
        boolean wasEmpty = attached.isEmpty();
        seen = definition;
        int[] luns = definition.luns().luns();
        nexusByLun = new ITLNexus[luns.length == 0 ? 0 : luns[luns.length - 1] + 1];
        Map<LogicalUnit, ITLNexus> before = new HashMap<>(attached);
        attached.clear();
        for (int lun : luns) {
            LogicalUnit unit = definition.luns().get(lun);
            if (unit != null) {
                ITLNexus known = before.remove(unit);
                ITLNexus unitNexus = known != null ? known : unit.attach(nexus, answers);
                attached.put(unit, unitNexus);
                nexusByLun[lun] = unitNexus;
            }
        }
        before.forEach((unit, unitNexus) -> unit.detach(unitNexus, answers));
        toldByNone = attached.isEmpty() && (toldByNone || !wasEmpty);
        if (!first && wasEmpty) {
            // The change that brought these units could be told through no unit that was there before.
            attached.keySet()
                    .forEach(unit -> unit.raise(
                            Sense.REPORTED_LUNS_DATA_HAS_CHANGED,
                            other -> other.nexus().equals(nexus)));
        }
    }

    /** The session has ended. */
    void leave() {
        attached.forEach((unit, unitNexus) -> unit.detach(unitNexus, answers));
        attached.clear();
        seen = null;
    }
}
