package dev.kume.cli.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.kume.cli.api.ErrorCode;
import dev.kume.cli.daemon.Settings.PortalSettings;
import dev.kume.core.Clock;
import dev.kume.core.Limits;
import dev.kume.core.inventory.Connections;
import dev.kume.core.inventory.Inventory;
import dev.kume.core.inventory.Mappings;
import dev.kume.core.inventory.TargetLogins;
import dev.kume.core.inventory.Targets;
import dev.kume.core.io.DiskLane;
import dev.kume.core.nexus.AccessState;
import dev.kume.core.nexus.ITNexus;
import dev.kume.core.nexus.TargetPort;
import dev.kume.core.nexus.TargetPortGroup;
import dev.kume.core.scsi.BlockGeometry;
import dev.kume.core.scsi.DurableState;
import dev.kume.core.scsi.ITLNexus;
import dev.kume.core.scsi.LogicalUnit;
import dev.kume.core.scsi.ModeState;
import dev.kume.core.scsi.Sense;
import dev.kume.core.scsi.UnitIdentity;
import dev.kume.core.scsi.UnitMemory;
import dev.kume.core.scsi.UnitState;
import dev.kume.core.scsi.command.Commands;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Target ports and their groups, as portals and inventory make them. */
final class PortGroupsTest {
    private static final PortalSettings LEFT = new PortalSettings("left", 1, List.of());
    private static final PortalSettings RIGHT = new PortalSettings("right", 20, List.of(), AccessState.NON_OPTIMIZED);
    private static final Clock CLOCK = new Clock() {
        @Override
        public long nanoTime() {
            return 0;
        }

        @Override
        public Instant now() {
            return Samples.THEN;
        }
    };

    private static final Connections NOBODY = iqn -> List.of();

    @TempDir
    Path state;

    private Inventory inventory = Samples.cluster();
    private final Map<UUID, LogicalUnit> units = new HashMap<>();

    static PortGroups groups(Path state, Alua alua) {
        try {
            return new PortGroups(TargetPortsFile.load(state, DurableFiles.OF_THIS_HOST), state, alua);
        } catch (DaemonException e) {
            throw new AssertionError(e);
        }
    }

    private LogicalUnit unit(String disk) {
        return units.computeIfAbsent(
                inventory.disk(disk).identity().uuid(),
                uuid -> new LogicalUnit(
                        disk,
                        new UnitIdentity("KUME", "DISK", "1", "s", 0, 0),
                        new UnitState(
                                null,
                                "no file",
                                BlockGeometry.emulated512(1 << 20),
                                false,
                                ModeState.DEFAULT,
                                null,
                                DurableState.INITIAL),
                        Commands.table(),
                        new DiskLane(Runnable::run, CLOCK, 2),
                        List.of(),
                        UnitMemory.NONE,
                        64,
                        LogicalUnit.Watcher.NONE));
    }

    private PortGroups running(Alua alua, PortalSettings... portals) {
        unit("vms");
        unit("quorum");
        PortGroups running = groups(state, alua);
        running.inventory(inventory, units);
        running.prepare(List.of(portals));
        running.portals(List.of(portals));
        return running;
    }

    private static List<String> shown(List<TargetPortGroup> groups) {
        return groups.stream()
                .map(group -> "%d %s %s"
                        .formatted(
                                group.id(),
                                group.state(),
                                group.ports().stream()
                                        .map(port ->
                                                port.targetName().replaceAll(".*store1.", "") + "=" + port.relativeId())
                                        .toList()))
                .toList();
    }

    @Test
    void oneGroupPerPortalGroupWithThePortsOfAllTargetsThatMapTheDisk() {
        PortGroups groups = running(Alua.IMPLICIT, LEFT, RIGHT);
        List<String> expected =
                List.of("1 OPTIMIZED [hv-node1=1, hv-node2=3]", "20 NON_OPTIMIZED [hv-node1=2, hv-node2=4]");
        assertEquals(expected, shown(groups.groups(unit("vms"))));
        assertEquals(expected, shown(groups.groups(unit("quorum"))));
    }

    @Test
    void aTargetThatDoesNotMapTheDiskIsNotTold() {
        inventory = Mappings.unmap(inventory, "vms", "hv-node2", NOBODY, true);
        PortGroups groups = running(Alua.IMPLICIT, LEFT);
        assertEquals(List.of("1 OPTIMIZED [hv-node1=1]"), shown(groups.groups(unit("vms"))));
        inventory = Mappings.unmap(inventory, "vms", "hv-node1", NOBODY, true);
        groups.inventory(inventory, units);
        assertEquals(List.of(), groups.groups(unit("vms")));
    }

    @Test
    void aTargetThatIsTiedToAPortalHasNoPortInOthers() {
        inventory = TargetLogins.setPortals(inventory, "hv-node1", List.of("left"), List.of("left", "right"));
        PortGroups groups = running(Alua.IMPLICIT, LEFT, RIGHT);
        assertEquals(
                List.of("1 OPTIMIZED [hv-node1=1, hv-node2=2]", "20 NON_OPTIMIZED [hv-node2=3]"),
                shown(groups.groups(unit("vms"))));
    }

    @Test
    void switchedOffThereArePortsButNoGroups() throws Exception {
        PortGroups groups = running(Alua.NONE, LEFT);
        assertFalse(groups.isOn());
        assertEquals(List.of(), groups.groups(unit("vms")));
        assertEquals(
                2, TargetPortsFile.load(state, DurableFiles.OF_THIS_HOST).all().size());
    }

    @Test
    void identifiersAreTheSameAfterARestartWhateverTheOrder() {
        List<String> before = shown(running(Alua.IMPLICIT, LEFT, RIGHT).groups(unit("vms")));
        assertEquals(before, shown(running(Alua.IMPLICIT, RIGHT, LEFT).groups(unit("vms"))));
    }

    @Test
    void aPortalThatComesBackHasItsPortsAgain() {
        PortGroups groups = running(Alua.IMPLICIT, LEFT, RIGHT);
        List<String> before = shown(groups.groups(unit("vms")));
        groups.portals(List.of(LEFT));
        assertEquals(before.subList(0, 1), shown(groups.groups(unit("vms"))));
        groups.prepare(List.of(LEFT, RIGHT));
        groups.portals(List.of(LEFT, RIGHT));
        assertEquals(before, shown(groups.groups(unit("vms"))));
    }

    @Test
    void aPortalIsToldOfBeforeItListensAndForgottenWhenItCannot() {
        PortGroups groups = running(Alua.IMPLICIT, LEFT);
        List<String> before = shown(groups.groups(unit("vms")));
        PortalSettings otherLeft = new PortalSettings("left", 1, List.of(), AccessState.NON_OPTIMIZED);
        groups.prepare(List.of(otherLeft, RIGHT));
        List<String> both = shown(groups.groups(unit("vms")));
        assertEquals(before.getFirst(), both.getFirst(), "a state changes when it is asked for and done");
        assertEquals(2, both.size());
        groups.unchanged();
        assertEquals(before, shown(groups.groups(unit("vms"))));
        groups.prepare(List.of(RIGHT));
        assertEquals(both, shown(groups.groups(unit("vms"))), "the old one listens still");
        groups.portals(List.of(RIGHT));
        assertEquals(both.subList(1, 2), shown(groups.groups(unit("vms"))));
    }

    @Test
    void theFileHasThePortsOfANewTargetBeforeTheTargetIsThere() throws Exception {
        PortGroups groups = running(Alua.NONE, LEFT);
        Inventory next = Targets.add(
                inventory, "third", "iqn.2026-11.dev.kume:third", List.of(), "", Samples.THEN, Limits.DEFAULTS);
        groups.check(next);
        TargetPort port = TargetPortsFile.load(state, DurableFiles.OF_THIS_HOST).find("iqn.2026-11.dev.kume:third", 1);
        assertNotNull(port);
        assertEquals(3, port.relativeId());
    }

    @Test
    void aChangeOfAccessStateIsToldToEveryNexusOfEveryDiskOnce() {
        PortGroups groups = running(Alua.IMPLICIT, LEFT, RIGHT);
        ITLNexus nexus = unit("vms").attach(new ITNexus("iqn.2026-11.org.example:n", 1, "t", 1));
        nexus.poll();
        groups.portals(List.of(LEFT, RIGHT));
        assertNull(nexus.poll(), "nothing has changed");
        groups.portals(List.of(LEFT));
        groups.portals(List.of(LEFT, RIGHT));
        assertNull(nexus.poll(), "a portal that goes and comes is no change of state");
        groups.portals(List.of(new PortalSettings("left", 1, List.of(), AccessState.NON_OPTIMIZED), RIGHT));
        assertEquals(Sense.ASYMMETRIC_ACCESS_STATE_CHANGED, nexus.poll());
        assertNull(nexus.poll());
        assertEquals(
                AccessState.NON_OPTIMIZED, groups.groups(unit("vms")).getFirst().state());
    }

    @Test
    void moreTargetsThanWindowsFindsAreRefused() {
        PortGroups on = running(Alua.IMPLICIT, LEFT);
        PortGroups off = running(Alua.NONE, LEFT);
        Inventory next = inventory;
        for (int i = 3; i <= PortGroups.MAX + 1; i++) {
            String name = "t" + i;
            next = Targets.add(
                    next, name, "iqn.2026-11.dev.kume:" + name, List.of(), "", Samples.THEN, Limits.DEFAULTS);
            if (i <= PortGroups.MAX) {
                next = Mappings.map(next, "vms", name, null, Limits.DEFAULTS);
            }
        }
        on.check(next);
        Inventory tooMany = Mappings.map(next, "vms", "t" + (PortGroups.MAX + 1), null, Limits.DEFAULTS);
        ApiException refused = assertThrows(ApiException.class, () -> on.check(tooMany));
        assertEquals(ErrorCode.LIMIT, refused.error().code());
        off.check(tooMany);
    }

    @Test
    void aFileThatCannotBeWrittenRefusesTheChange() throws Exception {
        FaultyFiles broken = new FaultyFiles(1, FaultyFiles.Fault.FAILS_FROM_THEN_ON);
        PortGroups groups = new PortGroups(TargetPortsFile.load(state, broken), state, Alua.NONE);
        groups.inventory(inventory, units);
        ApiException refused = assertThrows(ApiException.class, () -> groups.prepare(List.of(LEFT)));
        assertEquals(ErrorCode.NO_SPACE, refused.error().code());
    }
}
