package dev.kume.core.scsi.copy;

import dev.kume.core.scsi.BlockGeometry;
import dev.kume.core.scsi.ITLNexus;
import dev.kume.core.scsi.LunMap;
import dev.kume.core.scsi.Sense;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a parameter list asks for at the disks that there are: all of its moves, or the reason why there is none. */
final class CopyPlan {
    private static final int SOURCE_INDEX = 4;
    private static final int DESTINATION_INDEX = 6;
    private static final int SOURCE_LBA = 12;
    private static final int DESTINATION_LBA = 20;

    private final CopyLimits limits;
    private final List<Move> moves = new ArrayList<>();
    private @Nullable Sense refusal;

    /**
     * @param luns  what the nexus that asks can see
     * @param from  that nexus, at any unit
     * @param designators who the units are
     */
    CopyPlan(CopyList list, LunMap luns, ITLNexus from, Designators designators, CopyLimits limits) {
        this.limits = limits;
        for (Segment segment : list.segments()) {
            Sense because = add(segment, list.cscds(), luns, from, designators);
            if (because != null) {
                refusal = because.atSegment(segment.number());
                moves.clear();
                return;
            }
        }
    }

    @Nullable
    Sense refusal() {
        return refusal;
    }

    List<Move> moves() {
        return List.copyOf(moves);
    }

    /** Adds the segment's move, or says why it is none. */
    private @Nullable Sense add(
            Segment segment, List<Cscd> cscds, LunMap luns, ITLNexus from, Designators designators) {
        if (segment.source() >= cscds.size()) {
            return Sense.UNREACHABLE_COPY_TARGET.inParameters(segment.at() + SOURCE_INDEX, -1);
        }
        if (segment.destination() >= cscds.size()) {
            return Sense.UNREACHABLE_COPY_TARGET.inParameters(segment.at() + DESTINATION_INDEX, -1);
        }
        Cscd sourceCscd = cscds.get(segment.source());
        Cscd destinationCscd = cscds.get(segment.destination());
        CopyEnd source = sourceCscd.find(luns, from, designators);
        if (source == null) {
            return Sense.COPY_TARGET_DEVICE_NOT_REACHABLE.inParameters(segment.at() + SOURCE_INDEX, -1);
        }
        CopyEnd destination = destinationCscd.find(luns, from, designators);
        if (destination == null) {
            return Sense.COPY_TARGET_DEVICE_NOT_REACHABLE.inParameters(segment.at() + DESTINATION_INDEX, -1);
        }
        int blockBytes = source.unit().state().geometry().blockBytes();
        if (blockBytes != destination.unit().state().geometry().blockBytes()
                || blockBytes != sourceCscd.blockBytes()
                || blockBytes != destinationCscd.blockBytes()) {
            return Sense.INVALID_OPERATION_FOR_COPY_SOURCE_OR_DESTINATION.inParameters(segment.at(), -1);
        }
        return addRanges(segment, source, destination);
    }

    private @Nullable Sense addRanges(Segment segment, CopyEnd source, CopyEnd destination) {
        BlockGeometry read = source.unit().state().geometry();
        int shift = read.blockShift();
        long lengthBytes = segment.blocks() >= 0 ? segment.blocks() << shift : segment.bytes();
        if (lengthBytes > limits.segmentBytesMax()) {
            return Sense.INVALID_FIELD_IN_PARAMETER_LIST.inParameters(segment.lengthAt(), -1);
        }
        if ((lengthBytes & (read.blockBytes() - 1)) != 0) {
            return Sense.COPY_SEGMENT_GRANULARITY_VIOLATION.inParameters(segment.lengthAt(), -1);
        }
        if (!read.contains(segment.sourceLba(), lengthBytes >> shift)) {
            return Sense.COPY_ABORTED.inParameters(segment.at() + SOURCE_LBA, -1);
        }
        if (!destination.unit().state().geometry().contains(segment.destinationLba(), lengthBytes >> shift)) {
            return Sense.COPY_ABORTED.inParameters(segment.at() + DESTINATION_LBA, -1);
        }
        moves.add(new Move(
                segment.number(),
                source,
                destination,
                segment.sourceLba() << shift,
                segment.destinationLba() << shift,
                lengthBytes));
        return null;
    }
}
