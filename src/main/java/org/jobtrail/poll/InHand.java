package org.jobtrail.poll;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.camel.Exchange;
import org.jobtrail.fetch.AtEnd;
import org.jobtrail.text.JsonText;

/** What this instance works on: of that it gives signs of life, or another one does it again. Thread-safe. */
public final class InHand {

    /** By the cycle or the run of a share that it came with. */
    private final Map<Object, Attempt> attempts = new ConcurrentHashMap<>();

    void take(Object cycleOrRun, Attempt attempt) {
        attempts.put(cycleOrRun, attempt);
    }

    void untilTheEndOf(Exchange exchange, Object cycleOrRun) {
        AtEnd.of(exchange, done -> attempts.remove(cycleOrRun));
    }

    /** As JSON for PostgreSQL; empty where it works on nothing. */
    Optional<String> signsOfLife() {
        ArrayNode signs = JsonNodeFactory.instance.arrayNode();
        attempts.values().forEach(attempt -> {
            Share share = attempt.share();
            signs.addObject()
                    .put("source", attempt.source().name())
                    .put("attempt", attempt.number())
                    .put("share", share == null ? 0 : share.number())
                    .put("taking", share == null ? 0 : share.taking());
        });
        return signs.isEmpty() ? Optional.empty() : Optional.of(JsonText.of(signs));
    }
}
