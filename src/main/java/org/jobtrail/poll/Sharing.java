package org.jobtrail.poll;

import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * With whom this instance shares the polling: of which sources it takes shares, and whether anybody took those of the cycle before.
 * Who may do what is decided by PostgreSQL. Thread-safe.
 */
public final class Sharing {

    private static final Logger LOG = LoggerFactory.getLogger("jobtrail.poll");

    private final boolean shared;
    private final String instance;

    /** How many partitions the topic of each source has, of those that this instance takes shares of. */
    private final Map<String, Integer> partitions = new ConcurrentHashMap<>();

    /** Sources whose last shares nobody took, though Kafka had them. */
    private final Set<String> untaken = ConcurrentHashMap.newKeySet();

    /** @param shared false where this instance polls everything by itself, whatever the settings say */
    public Sharing(boolean shared, String instance) {
        this.shared = shared;
        this.instance = instance;
    }

    public boolean shared() {
        return shared;
    }

    public String instance() {
        return instance;
    }

    /** Which polls this instance has a part in, in words. */
    public String polled() {
        return shared ? "its shares of " + String.join(", ", new TreeSet<>(partitions.keySet())) : "all";
    }

    /** From now on shares of this source come to this instance too. */
    void joined(String source, int partitionsOfItsTopic) {
        partitions.put(source, partitionsOfItsTopic);
    }

    /** Its topic is not as it was: it is looked at again. */
    void left(String source) {
        partitions.remove(source);
    }

    boolean hasJoined(String source) {
        return partitions.containsKey(source);
    }

    /** How many partitions the topic of the source has; 0 where that is not known. */
    int partitions(String source) {
        return partitions.getOrDefault(source, 0);
    }

    /** Takes note of what became of the attempt before the one that begins. */
    void noteAttemptBefore(String source, boolean givenUp, boolean nobodyTookAShare) {
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

    /** False where nobody took a share of the source's last cycle, though Kafka had them. */
    boolean areTaken(String source) {
        return !untaken.contains(source);
    }
}
