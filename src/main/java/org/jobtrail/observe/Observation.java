package org.jobtrail.observe;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jobtrail.settings.Settings.Source;

/** Puts together what health and metrics tell of a running program. */
public final class Observation {

    private Observation() {}

    /** @param polled which polls this instance has a part in */
    public static Health health(
            List<Source> sources,
            PollHealth polls,
            DatabaseLooks looks,
            Supplier<? extends Publishing> publisher,
            String instance,
            Supplier<String> polled) {
        var others = new ArrayList<Supplier<Health.Check>>();
        others.add(() -> instance(publisher.get(), instance, polled.get()));
        others.add(() -> kafka(publisher.get(), looks.last()));
        others.add(() -> checkpoints(publisher.get()));
        others.add(() -> looks.last().unpublishedCheck());
        sources.forEach(source -> others.add(() -> polls.check(source.name())));
        return new Health(List.of(() -> database(looks.last(), polls)), others);
    }

    /** Ages and depths, read when somebody asks for the metrics. */
    public static void gauges(
            Metrics metrics,
            List<Source> sources,
            PollHealth polls,
            DatabaseLooks looks,
            Supplier<? extends Publishing> publisher) {
        metrics.gauge(
                "jobtrail.publishing",
                "1 of the instance that publishes, 0 of others.",
                () -> isPublishing(publisher.get()) ? 1 : 0);
        metrics.gauge(
                "jobtrail.unpublished.rows",
                "History rows that are not on Kafka yet.",
                () -> looks.last().rows());
        metrics.gauge(
                "jobtrail.unpublished.age.seconds",
                "How long the oldest of them waits.",
                () -> looks.last().oldestSeconds());
        metrics.gauge(
                "jobtrail.halted.organizations",
                "Organizations of which nothing more is published until an operator decides.",
                () -> looks.last().haltedOrganizations());
        metrics.gauge(
                "jobtrail.held.partitions",
                "Partitions of which consumers that read committed records see nothing new, as a transaction stays open; of the instance that publishes.",
                () -> publisher.get() == null ? 0 : publisher.get().heldPartitions());
        for (Source source : sources) {
            metrics.gauge(
                    "jobtrail.last.complete.poll.age.seconds",
                    "How long ago the source was last read completely, or the program was started where it never was.",
                    source.name(),
                    () -> polls.unread(source.name()).toMillis() / 1e3);
        }
    }

    /** What reading does not tell, such as a full disk, is told by the last write that was tried. */
    private static Health.Check database(DatabaseLook look, PollHealth polls) {
        Health.Check check = look.databaseCheck();
        return polls.recording()
                .refusedByDatabase()
                .filter(reason -> check.up())
                .map(reason -> new Health.Check(check.name(), false, Map.of("reason", reason)))
                .orElse(check);
    }

    /** Which of several instances this is, and what it does; another one may do the rest. */
    private static Health.Check instance(Publishing publisher, String name, String polled) {
        var data = new LinkedHashMap<String, Object>();
        data.put("name", name);
        data.put("publishes", isPublishing(publisher));
        data.put("polls", polled);
        return new Health.Check("instance", true, data);
    }

    private static boolean isPublishing(Publishing publisher) {
        return publisher != null && publisher.isPublishing();
    }

    private static Health.Check kafka(Publishing publisher, DatabaseLook look) {
        var data = new LinkedHashMap<String, Object>();
        if (publisher == null) {
            data.put("reason", "publishing has not started yet");
            return new Health.Check("kafka", false, data);
        }
        Optional<String> problem = publisher.problem();
        problem.ifPresent(reason -> data.put("reason", reason));
        look.haltedOrNotKnown().ifPresent(halted -> data.put("halted", halted));
        // What the database does not tell is its own check's to say: nobody shall look for it at the broker.
        return new Health.Check("kafka", problem.isEmpty() && !look.isAnythingHalted(), data);
    }

    /** What is not signed yet is still recorded and published: nothing has to be restarted for it, but somebody must look. */
    private static Health.Check checkpoints(Publishing publisher) {
        var data = new LinkedHashMap<String, Object>();
        Optional.ofNullable(publisher)
                .flatMap(Publishing::checkpointProblem)
                .ifPresent(problem -> data.put("reason", problem));
        return new Health.Check("checkpoints", data.isEmpty(), data);
    }
}
