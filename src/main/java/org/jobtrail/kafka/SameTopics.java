package org.jobtrail.kafka;

import java.time.Duration;
import java.util.List;
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
    private final Duration settingsPause;
    private long lookAt = in(PAUSE);
    private long lookAtSettingsAt;
    private long lookAtCheckpointsAt;

    public SameTopics(Admin admin, Topics topics, Topics.Identity known) {
        this(admin, topics, known, SETTINGS_PAUSE);
    }

    SameTopics(Admin admin, Topics topics, Topics.Identity known, Duration settingsPause) {
        this.admin = admin;
        this.topics = topics;
        this.known = known;
        this.settingsPause = settingsPause;
        this.lookAtSettingsAt = in(settingsPause);
        this.lookAtCheckpointsAt = in(settingsPause);
    }

    /**
     * Looks, but not each time that it is asked.
     *
     * @throws MissingTopicException where they are not, or are not as they must be: what is published is to be compared anew
     */
    public void require() throws InterruptedException {
        if (isDue(lookAt)) {
            if (topics.identity(admin).filter(known::equals).isEmpty()) {
                throw new MissingTopicException("a topic was removed, made anew or given another number of partitions");
            }
            lookAt = in(PAUSE);
        }
        if (isDue(lookAtSettingsAt)) {
            List<String> problems = topics.problemsOfPublishing(admin);
            if (!problems.isEmpty()) {
                throw new MissingTopicException(problems.get(0));
            }
            lookAtSettingsAt = in(settingsPause);
        }
    }

    /** False where the topic of the checkpoints is known not to be as it must be: that keeps no event from being published. */
    public boolean keepCheckpoints() throws InterruptedException {
        if (!isDue(lookAtCheckpointsAt)) {
            return true;
        }
        lookAtCheckpointsAt = in(settingsPause);
        try {
            return topics.problemsOfCheckpoints(admin).isEmpty();
        } catch (KafkaException e) {
            // Who may not ask is told when a checkpoint is begun.
            return true;
        }
    }

    private static boolean isDue(long at) {
        return System.nanoTime() - at >= 0;
    }

    private static long in(Duration pause) {
        return System.nanoTime() + pause.toNanos();
    }
}
