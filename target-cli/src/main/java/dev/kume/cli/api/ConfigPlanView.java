package dev.kume.cli.api;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Answer of {@code POST /v1/config/plan}: what would change, and whom that would reach.
 *
 * @param version   of the inventory that it was made for
 * @param source    what is planned: the name of a file, or {@code version 12}
 * @param changes   credentials first, then disks, targets and clusters; none: nothing would change
 * @param blast     whom it would reach, as far as sessions of this moment tell
 * @param space     what new and larger disks would take on the host
 * @param notes     what else one should know
 * @param confirm   why it is to be confirmed: something is removed, or a session is disturbed; empty: it is not
 */
public record ConfigPlanView(
        long version,
        String source,
        List<ConfigChangeView> changes,
        Blast blast,
        List<Space> space,
        List<String> notes,
        List<String> confirm) {
    public ConfigPlanView {
        changes = Lists.orEmpty(changes);
        space = Lists.orEmpty(space);
        notes = Lists.orEmpty(notes);
        confirm = Lists.orEmpty(confirm);
    }

    /**
     * The blast radius.
     *
     * @param dropped    sessions that end
     * @param attentions unit attentions that sessions would hear
     * @param losses     who can no longer reach or write what
     * @param untouched  disks that are mapped and of which nobody notices anything
     */
    public record Blast(List<Dropped> dropped, List<Attention> attentions, List<Loss> losses, List<String> untouched) {
        public Blast {
            dropped = Lists.orEmpty(dropped);
            attentions = Lists.orEmpty(attentions);
            losses = Lists.orEmpty(losses);
            untouched = Lists.orEmpty(untouched);
        }
    }

    /** A session that ends. */
    public record Dropped(long session, String initiator, String address, String target, String why) {}

    /** One condition at one disk, and the sessions that hear of it; {@code disk} is null when the last one is gone. */
    public record Attention(String condition, @Nullable String disk, List<Long> sessions, List<String> initiators) {
        public Attention {
            sessions = Lists.orEmpty(sessions);
            initiators = Lists.orEmpty(initiators);
        }
    }

    /**
     * An entry of an access list loses a disk.
     *
     * @param what      {@code reach} or {@code write}
     * @param connected true when somebody uses it that way now
     */
    public record Loss(String disk, String initiator, String what, boolean connected) {
        public static final String REACH = "reach";
        public static final String WRITE = "write";
    }

    /** Space in a directory of the host; {@code freeBytes} is null when the host does not say. */
    public record Space(
            String directory, long neededBytes, @Nullable Long freeBytes) {}
}
