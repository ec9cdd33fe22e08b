package dev.kume.cli.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.cli.alarm.AlarmLines;
import dev.kume.cli.alarm.Alarms;
import dev.kume.cli.alert.AlertInbox;
import dev.kume.cli.api.ErrorCode;
import dev.kume.core.Clock;
import dev.kume.core.Limits;
import dev.kume.core.disk.DiskInfo;
import dev.kume.core.disk.VirtualDisk;
import dev.kume.core.inventory.Connections;
import dev.kume.core.inventory.DiskProfile;
import dev.kume.core.inventory.DiskRecord;
import dev.kume.core.inventory.DiskReshaping;
import dev.kume.core.inventory.Disks;
import dev.kume.core.inventory.Inventory;
import dev.kume.core.inventory.Mappings;
import dev.kume.core.inventory.Sharing;
import dev.kume.core.nexus.ITNexus;
import dev.kume.core.scsi.BlockGeometry;
import dev.kume.core.scsi.ITLNexus;
import dev.kume.core.scsi.LogicalUnit;
import dev.kume.core.scsi.Sense;
import dev.kume.core.scsi.command.Commands;
import dev.kume.protocol.connection.HostNames;
import dev.kume.protocol.connection.LoginServices;
import dev.kume.protocol.login.LoginSecurity;
import dev.kume.protocol.login.TargetParameters;
import dev.kume.protocol.server.IscsiServer;
import dev.kume.protocol.server.Transport;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A change of a disk's settings is true of the running unit when it is published, and its nexuses hear of it. */
final class UnitSettingsTest {
    private static final Limits LIMITS = Limits.DEFAULTS;
    private static final Clock CLOCK = new Clock() {
        @Override
        public long nanoTime() {
            return System.nanoTime();
        }

        @Override
        public Instant now() {
            return Samples.THEN;
        }
    };

    private final IscsiServer server = new IscsiServer(
            CLOCK,
            LIMITS,
            Commands.table(LIMITS),
            TargetParameters.of(LIMITS),
            new LoginServices(new SecureRandom(), HostNames.NONE),
            Transport.AUTO,
            2);
    private final IscsiExports exports = new IscsiExports(
            server,
            Commands.table(LIMITS),
            PortGroupsTest.groups(Path.of("/no/such/state"), Alua.NONE),
            Runnable::run,
            CLOCK,
            LIMITS,
            "0.1.0",
            new SecretShelf(Path.of("/no/such/state"), DurableFiles.OF_THIS_HOST),
            new AlertInbox(new Alarms(CLOCK, new AlarmLines())),
            LoginSecurity.DEFAULT.algorithms(),
            Duration.ofSeconds(10));
    private final AtomicInteger flushes = new AtomicInteger();
    private @Nullable IOException flushFailure;
    private Inventory inventory = Samples.cluster();
    private LogicalUnit vms;
    private ITLNexus node1;
    private ITLNexus node2;

    @BeforeEach
    void serve() {
        serve(inventory);
    }

    private void serve(Inventory first) {
        inventory = first;
        for (DiskRecord disk : inventory.disks()) {
            exports.add(new OpenDisk(disk, null, new CountingDisk(disk.sizeBytes()), null));
        }
        exports.publish(inventory);
        vms = exports.unit(inventory.disk("vms"));
        node1 = nexus("hv-node1");
        node2 = nexus("hv-node2");
    }

    private ITLNexus nexus(String target) {
        ITLNexus nexus = vms.attach(new ITNexus(
                "iqn.1991-05.com.microsoft:" + target,
                1,
                inventory.target(target).iqn(),
                1));
        told(nexus);
        return nexus;
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private void publish(Inventory next) {
        inventory = next;
        exports.publish(next);
    }

    private static List<Sense> told(ITLNexus nexus) {
        List<Sense> all = new ArrayList<>();
        for (Sense next = nexus.poll(); next != null; next = nexus.poll()) {
            all.add(next);
        }
        return all;
    }

    private void bothAreTold(Sense... conditions) {
        assertEquals(List.of(conditions), told(node1));
        assertEquals(List.of(conditions), told(node2));
    }

    private void present(DiskProfile.Changes changes) {
        publish(Disks.present(inventory, "vms", changes, Connections.NONE));
    }

    @Test
    void aGrownDiskHasItsBlocksAtOnceAndEveryNexusHears() {
        long newBytes = inventory.disk("vms").sizeBytes() + (1 << 20);
        publish(Disks.grow(inventory, "vms", newBytes));
        assertEquals(BlockGeometry.emulated512(newBytes), vms.state().geometry());
        bothAreTold(Sense.CAPACITY_DATA_HAS_CHANGED);
        publish(inventory);
        bothAreTold();
    }

    @Test
    void anotherRotationIsInquiryDataThatHasChanged() {
        present(DiskProfile.Changes.of(null, "7200", null, null));
        assertEquals(7200, vms.identity().rotationRate());
        bothAreTold(Sense.INQUIRY_DATA_HAS_CHANGED);
    }

    @Test
    void aFileThatTakesItsSpaceInAnotherWayIsInquiryDataThatHasChanged() {
        DiskRecord vmsDisk = inventory.disk("vms");
        DiskRecord thin = vmsDisk.withFile(
                vmsDisk.file() + "x", vmsDisk.format(), vmsDisk.type(), !vmsDisk.sparse(), vmsDisk.layers());
        publish(DiskReshaping.refile(inventory, thin));
        bothAreTold(Sense.INQUIRY_DATA_HAS_CHANGED);
        publish(inventory);
        bothAreTold();
    }

    @Test
    void otherNamesAreInquiryDataThatHasChanged() {
        present(DiskProfile.Changes.of(null, null, "ACME", "Fast"));
        assertEquals("ACME", vms.identity().vendor());
        assertEquals("Fast", vms.identity().product());
        assertEquals(inventory.disk("vms").identity().serial(), vms.identity().serial());
        bothAreTold(Sense.INQUIRY_DATA_HAS_CHANGED);
    }

    @Test
    void aWriteCacheThatIsSwitchedOffIsEmptyWhenThatIsAnswered() {
        present(DiskProfile.Changes.of(false, null, null, null));
        assertEquals(1, flushes.get());
        assertFalse(vms.state().modes().writeCacheEnabled());
        assertFalse(vms.state().durable().savedModes().writeCacheEnabled(), "saved");
        assertFalse(vms.defaultModes().writeCacheEnabled(), "default");
        bothAreTold(Sense.MODE_PARAMETERS_CHANGED);
        present(DiskProfile.Changes.of(true, null, null, null));
        assertTrue(vms.state().modes().writeCacheEnabled());
        assertTrue(vms.defaultModes().writeCacheEnabled());
        assertEquals(1, flushes.get());
    }

    @Test
    void aWriteCacheThatAnInitiatorHasSwitchedIsSetAgain() {
        vms.change(state -> state.withModes(state.modes().withWriteCacheEnabled(false)), () -> {});
        publish(Disks.describe(inventory, "vms", "other things leave it alone"));
        assertFalse(vms.state().modes().writeCacheEnabled());
        exports.writeCache(inventory.disk("vms"));
        assertTrue(vms.state().modes().writeCacheEnabled());
        bothAreTold(Sense.MODE_PARAMETERS_CHANGED);
        exports.writeCache(inventory.disk("vms"));
        bothAreTold();
    }

    @Test
    void aWriteCacheThatCannotBeEmptiedIsNotAnsweredAsOff() {
        flushFailure = new IOException("broken");
        ApiException failed =
                assertThrows(ApiException.class, () -> present(DiskProfile.Changes.of(false, null, null, null)));
        assertEquals(ErrorCode.FAILED, failed.error().code());
        assertEquals(
                "the write cache of disk 'vms' is off, but what it held may be lost: broken; look after the device",
                failed.error().line());
    }

    @Test
    void aDiskBeginsWithTheWriteCacheThatItWasGiven() {
        Inventory through =
                Disks.present(inventory, "vms", DiskProfile.Changes.of(false, "5400", "ACME", null), Connections.NONE);
        exports.remove(inventory.disk("vms"));
        serve(through);
        assertFalse(vms.state().modes().writeCacheEnabled());
        assertFalse(vms.state().durable().savedModes().writeCacheEnabled());
        assertFalse(vms.defaultModes().writeCacheEnabled());
        assertEquals(5400, vms.identity().rotationRate());
        assertEquals("ACME", vms.identity().vendor());
    }

    @Test
    void aDiskThatBecomesReadOnlyHasAnotherModeParameterHeader() {
        publish(Disks.share(inventory, "vms", Sharing.READ_ONLY));
        assertTrue(vms.state().refusesWrites());
        bothAreTold(Sense.MODE_PARAMETERS_CHANGED);
    }

    @Test
    void aMappingThatBecomesReadOnlyIsHeardThroughItsTargetAlone() {
        publish(Mappings.protect(inventory, "vms", "hv-node2", true));
        assertFalse(vms.state().refusesWrites());
        assertEquals(List.of(), told(node1));
        assertEquals(List.of(Sense.MODE_PARAMETERS_CHANGED), told(node2));
    }

    @Test
    void whoeverMayWriteNoMoreByAMappingHasToBeGone() {
        Inventory next = Mappings.protect(inventory, "vms", "hv-node2", true);
        Set<java.util.UUID> vmsAlone = Set.of(inventory.disk("vms").identity().uuid());
        assertEquals(vmsAlone, WriteReach.taken(inventory, next));
        assertEquals(Set.of(), WriteReach.given(inventory, next));
        assertEquals(vmsAlone, WriteReach.given(next, inventory));
    }

    @Test
    void aDiskThatComesBackIsWhatTheInventorySaysNow() {
        DiskRecord before = inventory.disk("vms");
        exports.offline(before, "repair");
        assertEquals("repair", vms.state().offlineReason());
        bothAreTold();
        long newBytes = before.sizeBytes() + (1 << 20);
        publish(Disks.share(inventory, "vms", Sharing.READ_ONLY));
        told(node1);
        told(node2);
        DiskRecord now = inventory.disk("vms");
        exports.online(new OpenDisk(now, null, new CountingDisk(newBytes), null));
        assertTrue(vms.state().writeProtected());
        assertEquals(newBytes, vms.state().disk().info().sizeBytes());
        bothAreTold(Sense.NOT_READY_TO_READY_CHANGE);
        publish(Disks.share(inventory, "vms", Sharing.CLUSTER));
        assertFalse(vms.state().writeProtected());
    }

    /** A disk of zeroes that counts flushes. */
    private final class CountingDisk implements VirtualDisk {
        private final long sizeBytes;

        CountingDisk(long sizeBytes) {
            this.sizeBytes = sizeBytes;
        }

        @Override
        public DiskInfo info() {
            return new DiskInfo(sizeBytes, false, false);
        }

        @Override
        public int tryRead(long offsetBytes, ByteBuffer target) {
            return 0;
        }

        @Override
        public void read(long offsetBytes, ByteBuffer target) {
            target.position(target.limit());
        }

        @Override
        public void write(long offsetBytes, ByteBuffer source) {
            source.position(source.limit());
        }

        @Override
        public void flush() throws IOException {
            if (flushFailure != null) {
                throw flushFailure;
            }
            flushes.incrementAndGet();
        }

        @Override
        public void unmap(long offsetBytes, long lengthBytes) {}

        @Override
        public void zero(long offsetBytes, long lengthBytes) {}

        @Override
        public void close() {}
    }
}
