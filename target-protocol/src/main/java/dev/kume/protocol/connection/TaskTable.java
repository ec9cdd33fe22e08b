package dev.kume.protocol.connection;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Tasks of one session by initiator task tag: open addressing, sized once, allocates nothing. Loop only. */
final class TaskTable {
    private final @Nullable IscsiTask[] slots;
    private final int mask;
    private int size;

    TaskTable(int tasksMax) {
        int capacity = Integer.highestOneBit(Math.max(8, tasksMax) * 4 - 1);
        slots = new IscsiTask[capacity];
        mask = capacity - 1;
    }

    @Nullable
    IscsiTask get(int initiatorTaskTag) {
        for (int i = home(initiatorTaskTag); ; i = i + 1 & mask) {
            IscsiTask task = slots[i];
            if (task == null || task.initiatorTaskTag() == initiatorTaskTag) {
                return task;
            }
        }
    }

    void put(IscsiTask task) {
        assert size < slots.length / 2;
        int i = home(task.initiatorTaskTag());
        while (slots[i] != null) {
            i = i + 1 & mask;
        }
        slots[i] = task;
        size++;
    }

    void remove(IscsiTask task) {
        int hole = home(task.initiatorTaskTag());
        while (slots[hole] != task) {
            assert slots[hole] != null : "task is not in the table";
            hole = hole + 1 & mask;
        }
        // Move later entries of the run back, so that no search ends early at the hole.
        for (int i = hole + 1 & mask; ; i = i + 1 & mask) {
            IscsiTask moved = slots[i];
            if (moved == null) {
                break;
            }
            int home = home(moved.initiatorTaskTag());
            if ((i - home & mask) >= (i - hole & mask)) {
                slots[hole] = moved;
                hole = i;
            }
        }
        slots[hole] = null;
        size--;
    }

    int size() {
        return size;
    }

    /** All of them; what is done with them changes the list no more. */
    List<IscsiTask> all() {
        return Arrays.stream(slots).filter(Objects::nonNull).toList();
    }

    private int home(int tag) {
        int hash = tag * 0x9E3779B9;
        return (hash >>> 16 ^ hash) & mask;
    }
}
