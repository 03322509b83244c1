package org.jobtrail.kafka;

import java.time.Duration;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;

/**
 * Whether the topics are those with which publishing began. A producer takes one that was made anew, or has got more partitions, for
 * the one that it knew: rows would be missing there, or a job's events be in two partitions. Nor does it learn of settings by which what
 * it has written goes again. Used by one thread.
 */
public final class SameTopics {

    private static final Duration PAUSE = Duration.ofSeconds(5);

    /** Kafka takes its time before it removes anything. */
    private static final Duration SETTINGS_PAUSE = Duration.ofMinutes(1);

    private final Admin admin;
    private final Topics topics;
    private final Topics.Identity known;
    private final Turn identity;
    private final Turn settings;
    private final Turn checkpoints;

    public SameTopics(Admin admin, Topics topics, Topics.Identity known) {
        this(admin, topics, known, SETTINGS_PAUSE);
    }

    SameTopics(Admin admin, Topics topics, Topics.Identity known, Duration settingsPause) {
        this.admin = admin;
        this.topics = topics;
        this.known = known;
        this.identity = new Turn(PAUSE);
        this.settings = new Turn(settingsPause);
        this.checkpoints = new Turn(settingsPause);
    }

    /**
     * Looks, but not each time that it is asked.
     *
     * @throws MissingTopicException where they are not, or are not as they must be: what is published is to be compared anew
     */
    public void require() throws InterruptedException {
        if (identity.comes() && topics.identity(admin).filter(known::equals).isEmpty()) {
            throw new MissingTopicException("a topic was removed, made anew or given another number of partitions");
        }
        if (settings.comes()) {
            topics.problemsOfPublishing(admin).stream().findFirst().ifPresent(problem -> {
                throw new MissingTopicException(problem);
            });
        }
    }

    /** False where the topic of the checkpoints is known not to be as it must be: that keeps no event from being published. */
    public boolean keepCheckpoints() throws InterruptedException {
        try {
            return !checkpoints.comes() || topics.problemsOfCheckpoints(admin).isEmpty();
        } catch (KafkaException e) {
            // Who may not ask is told when a checkpoint is begun.
            return true;
        }
    }
}
