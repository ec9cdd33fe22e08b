package dev.kume.core.nexus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Relative target port identifiers: unique, kept, and not given to another port soon. */
final class PortTableTest {
    private static final PortName T1 = new PortName("iqn.2026-11.dev.kume:t1", 1);
    private static final PortName T1_B = new PortName("iqn.2026-11.dev.kume:t1", 2);
    private static final PortName T2 = new PortName("iqn.2026-11.dev.kume:t2", 1);

    private static int id(PortTable table, PortName name) {
        TargetPort port = table.find(name.targetName(), name.portalGroup());
        assertNotNull(port, name.toString());
        assertSame(port, table.find(port.relativeId()));
        return port.relativeId();
    }

    @Test
    void eachPortGetsAnIdentifierOfItsOwnAndKeepsIt() {
        PortTable first = PortTable.EMPTY.with(List.of(T1, T2));
        PortTable more = first.with(List.of(T1_B, T2, T1));
        assertEquals(1, id(first, T1));
        assertEquals(2, id(first, T2));
        assertEquals(1, id(more, T1));
        assertEquals(2, id(more, T2));
        assertEquals(3, id(more, T1_B));
        assertSame(more, more.with(List.of(T1, T1_B, T2)));
        assertNull(first.find(T1_B.targetName(), 2));
        assertNull(first.find(3));
    }

    @Test
    void whatIsFreeAgainIsGivenOutLast() {
        PortTable table = PortTable.EMPTY.with(List.of(T1, T2)).keeping(T2.targetName()::equals);
        assertNull(table.find(1));
        table = table.with(List.of(T1_B));
        assertEquals(3, id(table, T1_B));
        PortTable around =
                PortTable.of(65_535, table.all()).with(List.of(T1, new PortName("iqn.2026-11.dev.kume:t3", 1)));
        assertEquals(65_535, id(around, T1));
        assertEquals(1, id(around, new PortName("iqn.2026-11.dev.kume:t3", 1)));
        assertEquals(2, around.next(), "it is tried, and passed over as it is taken");
        assertEquals(
                4,
                id(
                        around.with(List.of(new PortName("iqn.2026-11.dev.kume:t4", 1))),
                        new PortName("iqn.2026-11.dev.kume:t4", 1)));
    }

    @Test
    void noTwoPortsEverShareAnIdentifier() {
        SplittableRandom random = new SplittableRandom(5);
        PortTable table = PortTable.of(65_500, List.of());
        for (int round = 0; round < 300; round++) {
            List<PortName> wanted = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                wanted.add(new PortName("iqn.2026-11.dev.kume:t" + random.nextInt(20), 1 + random.nextInt(3)));
            }
            table = table.with(wanted);
            Set<PortName> names = new HashSet<>();
            for (TargetPort port : table.all()) {
                names.add(new PortName(port.targetName(), port.portalGroup()));
                assertSame(port, table.find(port.relativeId()));
            }
            assertEquals(table.all().size(), names.size());
            int gone = random.nextInt(20);
            table = table.keeping(name -> !name.endsWith("t" + gone));
        }
    }

    @Test
    void theLastIdentifierIsTheLast() {
        List<PortName> many = new ArrayList<>();
        for (int tag = 1; tag <= PortTable.RELATIVE_ID_MAX; tag++) {
            many.add(new PortName("iqn.2026-11.dev.kume:t1", tag));
        }
        PortTable full = PortTable.EMPTY.with(many);
        assertEquals(65_535, id(full, many.getLast()));
        assertThrows(IllegalArgumentException.class, () -> full.with(List.of(T2)));
    }

    @Test
    void aTableThatContradictsItselfIsRefused() {
        TargetPort port = new TargetPort("iqn.2026-11.dev.kume:t1", 1, 1);
        List<TargetPort> sameId = List.of(port, new TargetPort("iqn.2026-11.dev.kume:t2", 1, 1));
        List<TargetPort> sameName = List.of(port, new TargetPort("iqn.2026-11.dev.kume:t1", 1, 2));
        assertThrows(IllegalArgumentException.class, () -> PortTable.of(1, sameId));
        assertThrows(IllegalArgumentException.class, () -> PortTable.of(1, sameName));
    }
}
