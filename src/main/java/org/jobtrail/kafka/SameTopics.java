package org.jobtrail.kafka;

import java.time.Duration;
import org.apache.kafka.clients.admin.Admin;

/**
 * Whether the topics are those with which publishing began. A producer takes one that was made anew, or has got more partitions, for
 * the one that it knew: rows would be missing there, or a job's events be in two partitions. Used by one thread.
 */
public final class SameTopics {

    private static final Duration PAUSE = Duration.ofSeconds(5);

    private final Admin admin;
    private final Topics topics;
    private final Topics.Identity known;
    private long lookAt = System.nanoTime() + PAUSE.toNanos();

    public SameTopics(Admin admin, Topics topics, Topics.Identity known) {
        this.admin = admin;
        this.topics = topics;
        this.known = known;
    }

    /**
     * Looks, but not each time that it is asked.
     *
     * @throws MissingTopicException where they are not: what is published is to be compared anew
     */
    public void require() throws InterruptedException {
        if (System.nanoTime() - lookAt < 0) {
            return;
        }
        if (topics.identity(admin).filter(known::equals).isEmpty()) {
            throw new MissingTopicException("a topic was removed, made anew or given another number of partitions");
        }
        lookAt = System.nanoTime() + PAUSE.toNanos();
    }
}
