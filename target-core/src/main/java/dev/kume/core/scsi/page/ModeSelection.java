package dev.kume.core.scsi.page;

import dev.kume.core.scsi.ModeState;
import dev.kume.core.scsi.Sense;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What a MODE SELECT parameter list asks for.
 *
 * @param refusal why nothing of it is done, or null
 * @param change  all that it changes, together
 */
public record ModeSelection(@Nullable Sense refusal, UnaryOperator<ModeState> change) {
    /** Changes nothing. */
    public static final ModeSelection NOTHING = new ModeSelection(null, UnaryOperator.identity());

    static ModeSelection refused(Sense because) {
        return new ModeSelection(because, UnaryOperator.identity());
    }
}
