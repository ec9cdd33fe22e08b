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
import dev.kume.core.inventory.Connections;
import dev.kume.core.inventory.DiskRecord;
import dev.kume.core.inventory.Disks;
import dev.kume.core.inventory.Inventory;
import dev.kume.core.inventory.Mappings;
import dev.kume.core.inventory.Sharing;
import dev.kume.core.inventory.Targets;
import dev.kume.core.scsi.CommandTable;
import dev.kume.core.scsi.LogicalUnit;
import dev.kume.core.scsi.command.Commands;
import dev.kume.protocol.connection.HostNames;
import dev.kume.protocol.connection.LoginServices;
import dev.kume.protocol.login.LoginSecurity;
import dev.kume.protocol.login.TargetParameters;
import dev.kume.protocol.server.IscsiServer;
import dev.kume.protocol.server.Transport;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Changes of disks that hang: what was taken away is not given to others before it is really gone. */
final class IscsiExportsTest {
    private static final Connections NOBODY = iqn -> List.of();
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

    private final CommandTable commands = Commands.table(LIMITS);
    private final PortGroups portGroups = PortGroupsTest.groups(Path.of("/no/such/state"), Alua.NONE);
    private final IscsiServer server = new IscsiServer(
            CLOCK,
            LIMITS,
            commands,
            TargetParameters.of(LIMITS),
            new LoginServices(new SecureRandom(), HostNames.NONE),
            Transport.AUTO,
            1);
    private final IscsiExports exports = new IscsiExports(
            server,
            commands,
            portGroups,
            Runnable::run,
            CLOCK,
            LIMITS,
            "0.1.0",
            new SecretShelf(Path.of("/no/such/state"), DurableFiles.OF_THIS_HOST),
            new AlertInbox(new Alarms(CLOCK, new AlarmLines())),
            LoginSecurity.DEFAULT.algorithms(),
            Duration.ofMillis(300));
    private final CountDownLatch hanging = new CountDownLatch(1);
    private Inventory inventory = Samples.cluster();

    @AfterEach
    void stop() {
        hanging.countDown();
        server.close();
    }

    private LogicalUnit served(String name) {
        for (DiskRecord disk : inventory.disks()) {
            exports.add(new OpenDisk(disk, null, null, "not there"));
        }
        exports.publish(inventory);
        return exports.unit(inventory.disk(name));
    }

    /** A turn of the unit that does not end, as with a device that hangs. */
    private void hang(LogicalUnit unit) throws InterruptedException {
        CountDownLatch hangs = new CountDownLatch(1);
        Thread.ofVirtual()
                .start(() -> unit.afterChanges(() -> {
                    hangs.countDown();
                    try {
                        hanging.await();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                }));
        assertTrue(hangs.await(5, TimeUnit.SECONDS));
    }

    private void end(LogicalUnit unit) throws Exception {
        hanging.countDown();
        CompletableFuture<Void> ended = new CompletableFuture<>();
        unit.afterChanges(() -> ended.complete(null));
        ended.get(5, TimeUnit.SECONDS);
        // Whoever was told on the loop has been told.
        server.sessions().get(5, TimeUnit.SECONDS);
    }

    private void timesOut(Inventory next) {
        inventory = next;
        ApiException late = assertThrows(ApiException.class, () -> exports.publish(next));
        assertEquals(ErrorCode.TIMED_OUT, late.error().code());
    }

    @Test
    void aLookForSpaceThatNoThreadTakesIsLeftToTheNextOne() {
        served("vms");
        exports.space().look(look -> {
            throw new RejectedExecutionException("too many wait, or the daemon stops");
        });
        AtomicInteger looks = new AtomicInteger();
        exports.space().look(look -> looks.incrementAndGet());
        assertEquals(inventory.disks().size(), looks.get());
    }

    @Test
    void aDiskWhoseUnmapHangsIsGivenToNobodyElse() throws Exception {
        LogicalUnit vms = served("vms");
        hang(vms);
        timesOut(Mappings.unmap(inventory, "vms", "hv-node1", NOBODY, true));
        Inventory back = Mappings.map(inventory, "vms", "hv-node1", null, LIMITS);
        Inventory allowed = Targets.allow(inventory, "hv-node2", "iqn.2026-11.org.example:other", LIMITS);
        for (Inventory next : List.of(back, allowed)) {
            ApiException refused = assertThrows(ApiException.class, () -> exports.check(inventory, next));
            assertEquals(ErrorCode.BUSY, refused.error().code());
        }
        // Other disks, and what takes more away, are as free as ever.
        exports.check(inventory, Mappings.unmap(inventory, "vms", "hv-node2", NOBODY, true));
        exports.check(inventory, Mappings.unmap(inventory, "quorum", "hv-node2", NOBODY, true));
        end(vms);
        exports.check(inventory, back);
    }

    @Test
    void theLastWordOnSharingHoldsWhenEarlierOnesHang() throws Exception {
        LogicalUnit vms = served("vms");
        hang(vms);
        timesOut(Disks.share(inventory, "vms", Sharing.READ_ONLY));
        // The same again is not done either.
        timesOut(inventory);
        timesOut(Disks.share(inventory, "vms", Sharing.CLUSTER));
        end(vms);
        assertFalse(vms.state().writeProtected());
        exports.publish(Disks.share(inventory, "vms", Sharing.READ_ONLY));
        assertTrue(vms.state().writeProtected());
    }
}
