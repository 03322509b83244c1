package org.jobtrail.verify;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import org.jobtrail.text.RecordedJson;

/** The epochs that one organization's history has begun: where its numbers go on above those of a history that was left behind. */
final class Epochs {

    /**
     * After {@code localSeq} comes {@code firstSeq}. On the topic, {@code forkedSeq} to {@code topicSeq} are rows of the history that was
     * left behind.
     */
    record Epoch(long localSeq, long firstSeq, long forkedSeq, long topicSeq) {

        /** @throws IllegalArgumentException where the content is not that of an epoch */
        static Epoch parse(String content) {
            ObjectNode node = RecordedJson.object(content);
            var epoch = new Epoch(
                    number(node, "localSeq"),
                    number(node, "firstSeq"),
                    number(node, "forkedSeq"),
                    number(node, "topicSeq"));
            if (epoch.firstSeq <= Math.max(epoch.localSeq, epoch.topicSeq)) {
                // It would excuse what comes after it.
                throw new IllegalArgumentException("firstSeq");
            }
            return epoch;
        }

        String rowsLeftBehind() {
            return forkedSeq > topicSeq ? "no row" : "rows %d to %d".formatted(forkedSeq, topicSeq);
        }

        private static long number(JsonNode epoch, String field) {
            if (!epoch.path(field).isIntegralNumber()) {
                throw new IllegalArgumentException(field);
            }
            return epoch.path(field).asLong();
        }
    }

    private final List<Epoch> epochs = new ArrayList<>();

    void add(Epoch epoch) {
        epochs.add(epoch);
    }

    /** True where one goes on after this row, or after numbers that no row will have. */
    boolean isBegunAfter(long seq) {
        return epochs.stream().anyMatch(epoch -> epoch.firstSeq() > seq);
    }

    /** The number that follows. */
    long next(long seq) {
        long next = seq + 1;
        for (Epoch epoch : epochs) {
            next = next > epoch.localSeq() && next < epoch.firstSeq() ? epoch.firstSeq() : next;
        }
        return next;
    }

    /** The last number up to this one that a row can have. */
    long last(long seq) {
        long last = seq;
        for (int i = epochs.size() - 1; i >= 0; i--) {
            Epoch epoch = epochs.get(i);
            last = last > epoch.localSeq() && last < epoch.firstSeq() ? epoch.localSeq() : last;
        }
        return last;
    }

    /** How many of the numbers from one to another no row can have. */
    long skipped(long first, long last) {
        return epochs.stream()
                .mapToLong(epoch ->
                        Math.max(0, Math.min(last, epoch.firstSeq() - 1) - Math.max(first, epoch.localSeq() + 1) + 1))
                .sum();
    }

    /** Whether topic and checkpoints may have another row of that number, or one that is not here. */
    boolean leftBehind(long seq) {
        return epochs.stream().anyMatch(epoch -> epoch.forkedSeq() <= seq && seq <= epoch.topicSeq());
    }
}
