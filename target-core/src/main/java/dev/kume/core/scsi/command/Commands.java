package dev.kume.core.scsi.command;

import dev.kume.core.Limits;
import dev.kume.core.Limits.Limit;
import dev.kume.core.nexus.TargetPorts;
import dev.kume.core.scsi.AsymmetricAccess;
import dev.kume.core.scsi.Command;
import dev.kume.core.scsi.CommandTable;
import dev.kume.core.scsi.LogicalUnit;
import dev.kume.core.scsi.Reach;
import dev.kume.core.scsi.copy.Copies;
import dev.kume.core.scsi.copy.CopyLimits;
import dev.kume.core.scsi.page.LogPages;
import dev.kume.core.scsi.page.ModePages;
import dev.kume.core.scsi.page.VpdPages;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** The contents page: every SCSI command that a Kume disk answers. */
public final class Commands {
    private static final int DEVICE_IDENTIFICATION_PAGE = 0x83;

    private Commands() {}

    /** The commands under the limits that an administrator gets without saying anything. */
    public static CommandTable table() {
        return table(Limits.DEFAULTS);
    }

    /** The commands of a disk whose target ports have no relative identifiers. */
    public static CommandTable table(Limits limits) {
        return table(limits, TargetPorts.NONE, Reach.NONE);
    }

    /**
     * The commands of disks that are seen through target ports.
     *
     * @param ports all target ports
     * @param reach which of them lead to which unit
     */
    public static CommandTable table(Limits limits, TargetPorts ports, Reach reach) {
        return table(limits, ports, reach, AsymmetricAccess.OFF);
    }

    /**
     * The same for disks to which ways may differ; {@link Limit#TRANSFER_BYTES} bounds what one command may move.
     *
     * @param access says which
     */
    public static CommandTable table(Limits limits, TargetPorts ports, Reach reach, AsymmetricAccess access) {
        long transferBytesMax = limits.get(Limit.TRANSFER_BYTES);
        ModePages modePages = new ModePages(access.isOn(), limits.getInt(Limit.SOFT_THRESHOLD_PERCENT));
        List<Command> commands = new ArrayList<>();
        // Nothing is said of ports while all of them are alike.
        TargetPorts portsTold = access.isOn() ? ports : TargetPorts.NONE;
        CopyLimits copyLimits = CopyLimits.of(limits);
        VpdPages vpdPages = new VpdPages(transferBytesMax, portsTold, copyLimits);
        Copies copies = new Copies(copyLimits, unit -> designators(vpdPages, unit));
        commands.add(new Inquiry(vpdPages, access));
        commands.add(new TestUnitReady());
        commands.add(new RequestSense());
        commands.add(new ReportLuns());
        commands.add(new ReadCapacity10());
        commands.add(new ReadCapacity16());
        commands.addAll(Read.family(transferBytesMax));
        commands.addAll(Write.family(transferBytesMax));
        commands.addAll(Verify.family(transferBytesMax));
        commands.addAll(WriteAndVerify.family(transferBytesMax));
        commands.add(new Unmap());
        commands.addAll(WriteSame.family());
        commands.add(new CompareAndWrite());
        commands.add(new OrWrite(transferBytesMax));
        commands.add(new WriteAtomic());
        commands.add(new GetLbaStatus());
        commands.addAll(ReadDefectData.family());
        commands.addAll(SynchronizeCache.family());
        commands.addAll(PreFetch.family(transferBytesMax));
        commands.addAll(ModeSense.family(modePages));
        commands.addAll(ModeSelect.family(modePages));
        commands.add(new ExtendedCopy(copies));
        commands.addAll(ReceiveCopyResults.family(copies));
        commands.addAll(Sanitize.family());
        commands.add(new StartStopUnit());
        commands.add(new PreventAllowMediumRemoval());
        commands.add(new SendDiagnostic());
        commands.add(new LogSense(new LogPages()));
        commands.add(new ReportSupportedOperationCodes());
        commands.add(new ReportSupportedTaskManagementFunctions());
        commands.addAll(PersistentReserveIn.family(ports));
        commands.addAll(PersistentReserveOut.family(limits.getInt(Limit.REGISTRATIONS_PER_DISK), ports, reach));
        commands.addAll(Reserve.family());
        commands.addAll(Release.family());
        if (access.isOn()) {
            commands.add(new ReportTargetPortGroups(access));
        }
        return new CommandTable(commands);
    }

    private static byte[] designators(VpdPages pages, LogicalUnit unit) {
        return Objects.requireNonNull(pages.build(DEVICE_IDENTIFICATION_PAGE, unit.identity(), unit.state(), null));
    }
}
