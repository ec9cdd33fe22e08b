package dev.kume.protocol.initiator;

import dev.kume.core.Limits;
import dev.kume.protocol.login.KeyValue;
import dev.kume.protocol.login.TextAnswer;
import dev.kume.protocol.login.TextBuffer;
import dev.kume.protocol.login.TextSegment;
import dev.kume.protocol.pdu.PduHeader;
import dev.kume.protocol.pdu.TextResponsePdu;
import io.netty.buffer.ByteBuf;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** One text exchange of the full feature phase (RFC 7143 section 6.4), from either side in as many PDUs as it takes. */
final class TextDialogue {
    private final RequestWriter writer;
    private final int initiatorTaskTag;
    private final int segmentBytesMax;
    private final TextAnswer outgoing = new TextAnswer();
    private final TextBuffer incoming;
    private final CompletableFuture<List<KeyValue>> answer = new CompletableFuture<>();

    TextDialogue(RequestWriter writer, int initiatorTaskTag, int segmentBytesMax, Limits limits) {
        this.writer = writer;
        this.initiatorTaskTag = initiatorTaskTag;
        this.segmentBytesMax = segmentBytesMax;
        incoming = new TextBuffer(limits);
    }

    CompletableFuture<List<KeyValue>> answer() {
        return answer;
    }

    void begin(List<KeyValue> pairs) {
        pairs.forEach(pair -> outgoing.add(pair.key(), pair.value()));
        next(PduHeader.NO_TAG);
    }

    /** True when the exchange is over. */
    boolean onResponse(TextResponsePdu response, ByteBuf data) {
        int bytes = data.writerIndex();
        boolean hasTag = response.targetTransferTag() != PduHeader.NO_TAG;
        if (response.isFinal() == hasTag || (response.isFinal() && response.isContinue())) {
            throw InitiatorException.violation("a Text Response with flags %02x and target transfer tag %08x"
                    .formatted(response.flags(), response.targetTransferTag()));
        }
        if (outgoing.hasMore() && (bytes > 0 || response.isFinal())) {
            throw InitiatorException.violation("the target answered before it had all of the text");
        }
        incoming.append(data, 0, bytes);
        if (!response.isFinal()) {
            next(response.targetTransferTag());
            return false;
        }
        answer.complete(incoming.take());
        return true;
    }

    private void next(int targetTransferTag) {
        TextSegment text = outgoing.next(segmentBytesMax);
        boolean continues = outgoing.hasMore();
        writer.text(initiatorTaskTag, targetTransferTag, !continues, continues, text.toBytes());
    }
}
