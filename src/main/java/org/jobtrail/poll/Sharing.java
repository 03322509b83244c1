package org.jobtrail.poll;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.camel.Exchange;
import org.jobtrail.fetch.AtEnd;
import org.jobtrail.settings.Settings.Poll;
import org.jobtrail.text.JsonText;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What this instance knows of the polling that it shares with others: when to look whether a cycle is due, of which sources it takes
 * shares, and what it has in hand. Who may do what is decided by PostgreSQL. Thread-safe.
 */
public final class Sharing {

    /** How long an attempt without a sign of life keeps the next from beginning; a third of that before it is shared out. */
    static final Duration PATIENCE = Duration.ofSeconds(30);

    /** How often it is asked whether a cycle that takes longer than a period has ended. */
    private static final Duration NEXT_LOOK = Duration.ofSeconds(1);

    /** An instance that has just started and has not reached Kafka yet does not begin a cycle that it would have to do alone. */
    private static final Duration FIRST_WAIT = Duration.ofSeconds(10);

    private static final Logger LOG = LoggerFactory.getLogger("jobtrail.poll");

    private final ObjectMapper mapper = new ObjectMapper();
    private final Poll poll;
    private final boolean shared;
    private final String instance;

    /** How many partitions the topic of each source has, of those that this instance takes shares of. */
    private final Map<String, Integer> partitions = new ConcurrentHashMap<>();

    private final Map<String, Long> looksAt = new ConcurrentHashMap<>();

    /** What this instance works on, by whatever it came with. */
    private final Map<Object, Attempt> inHand = new ConcurrentHashMap<>();

    /** Sources whose last shares nobody took, though Kafka had them. */
    private final Set<String> untaken = ConcurrentHashMap.newKeySet();

    private final long startedNanos = System.nanoTime();

    /** @param shared false where this instance polls everything by itself, whatever the settings say */
    public Sharing(Poll poll, boolean shared, String instance) {
        this.poll = poll;
        this.shared = shared;
        this.instance = instance;
    }

    public boolean shared() {
        return shared;
    }

    /** How many partitions the topic of the source has; 0 where that is not known. */
    int partitions(String source) {
        return partitions.getOrDefault(source, 0);
    }

    /** False where nobody took a share of the source's last cycle, though Kafka had them. */
    boolean areTaken(String source) {
        return !untaken.contains(source);
    }

    /** From now on shares of this source come to this instance too. */
    public void joined(String source, int partitionsOfItsTopic) {
        partitions.put(source, partitionsOfItsTopic);
    }

    public String instance() {
        return instance;
    }

    /** Which polls this instance has a part in, in words. */
    public String polled() {
        return shared ? "its shares of " + String.join(", ", new TreeSet<>(partitions.keySet())) : "all";
    }

    /** Its topic is not as it was: it is looked at again. */
    void left(String source) {
        partitions.remove(source);
    }

    public boolean hasJoined(String source) {
        return partitions.containsKey(source);
    }

    /**
     * True where it may be time; then the next turn comes after a period, where the database does not say otherwise: if it cannot be
     * asked, it is asked again as often as by whoever polls alone.
     */
    boolean takeTurn(String source) {
        long now = System.nanoTime();
        boolean joining = !hasJoined(source) && now - startedNanos < FIRST_WAIT.toNanos();
        if (shared && (joining || looksAt.getOrDefault(source, now) - now > 0)) {
            return false;
        }
        looksAt.put(source, now + poll.period().toNanos());
        return true;
    }

    void askAgain(String source, double dueInSeconds) {
        long wait = dueInSeconds > 0 ? (long) (dueInSeconds * 1e9) : NEXT_LOOK.toNanos();
        looksAt.put(source, System.nanoTime() + Math.min(wait, poll.period().toNanos()));
    }

    /** Takes note of what became of the attempt before. */
    void begins(String source, boolean givenUp, boolean nobodyTookAShare) {
        if (givenUp) {
            LOG.warn(
                    "source {}: the cycle before is given up, nobody gives a sign of life of it any more{}",
                    source,
                    nobodyTookAShare ? "; no instance took any of its shares, this one polls the next by itself" : "");
        }
        if (nobodyTookAShare) {
            untaken.add(source);
        } else {
            untaken.remove(source);
        }
    }

    void takeInHand(Object cycleOrRun, Attempt attempt) {
        inHand.put(cycleOrRun, attempt);
    }

    void untilTheEndOf(Exchange exchange, Object cycleOrRun) {
        AtEnd.of(exchange, done -> inHand.remove(cycleOrRun));
    }

    /** What this instance works on, as JSON for PostgreSQL; empty where it works on nothing. */
    Optional<String> signsOfLife() {
        ArrayNode signs = mapper.createArrayNode();
        inHand.values().forEach(attempt -> {
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
