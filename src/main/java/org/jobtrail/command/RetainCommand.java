package org.jobtrail.command;

import java.io.PrintStream;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.jobtrail.database.Database;
import org.jobtrail.database.Role;
import org.jobtrail.embedded.Part;
import org.jobtrail.failure.Reason;
import org.jobtrail.kafka.KafkaClients;
import org.jobtrail.kafka.Topics;
import org.jobtrail.publish.Comparison.Halt;
import org.jobtrail.publish.ForeseenHalts;
import org.jobtrail.publish.PublishedTopics;
import org.jobtrail.record.Retention;
import org.jobtrail.record.Retention.Range;
import org.jobtrail.settings.Settings;
import org.jobtrail.text.Counted;
import org.jobtrail.text.OneLine;
import org.jobtrail.veeam.Organization;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Removes what is older than it has to be kept. */
@Command(
        name = "retain",
        description = {
            "Remove rows of the history that were observed before a moment, and seal what was there: counts, first and last hash,"
                    + " and each job's last row, from which views and verify start.",
            "Only rows that are on the topic and covered by a checkpoint are removed. Nothing else removes any. Where"
                    + " kafka.bootstrap-servers is set, nothing is removed unless the topic is there that they were published to,"
                    + " nor of an organization whose publication would halt."
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {
            "0:no row that is old enough is left",
            "1:could not be done, or not of all organizations",
            "10:rows that are old enough are left, as they are not published or not covered by a checkpoint yet"
        })
public final class RetainCommand implements Callable<Integer> {

    private static final int REFUSED = 1;
    private static final int SOME_ARE_LEFT = 10;

    @Mixin
    private Options options = new Options();

    @Option(
            names = "--before",
            required = true,
            paramLabel = "MOMENT",
            converter = TypedMoment.Converter.class,
            description = "A moment, such as 2025-01-31T00:00:00Z, or a date: its beginning in report.time-zone.")
    private TypedMoment before;

    @Option(names = "--organization", paramLabel = "ID", description = "Only this organization; all, where not given.")
    private String organization;

    @Option(names = "--dry-run", description = "Say what would be removed, and remove nothing.")
    private boolean dryRun;

    private final PrintStream out = System.out;

    @Override
    public Integer call() {
        try (Servers servers = Servers.start(options.config(), EnumSet.of(Part.DATABASE), out)) {
            Settings settings = servers.settings();
            // What is yet to come would cost everything.
            Instant moment = before.past("--before", settings.report().timeZone());
            return Refusal.orElse(settings, database -> {
                Map<String, String> refused = refused(settings, database);
                try (var retention = new Retention(database)) {
                    return retain(retention, moment, refused);
                }
            });
        }
    }

    /**
     * What Kafka once acknowledged is no reason to remove it, where that topic is gone, or has lost it. Without a Kafka of ours, nobody can
     * be asked.
     *
     * @return of whom nothing is removed, and why
     */
    private static Map<String, String> refused(Settings settings, Database database) throws SQLException {
        if (settings.kafka().isEmpty()) {
            return Map.of();
        }
        var clients = new KafkaClients(settings.kafka().get());
        try (Connection connection = database.connectToMigrate(Role.RETENTION);
                Admin admin = clients.admin()) {
            List<String> problems = PublishedTopics.elsewhere(connection, admin, settings.topics());
            if (!problems.isEmpty()) {
                throw new CannotRunException("nothing is removed: " + problems.get(0));
            }
            Optional<Topics.Identity> identity = new Topics(settings.topics()).identity(admin);
            // Where a topic is missing, there is none to compare with that anything was published to.
            return identity.isEmpty()
                    ? Map.of()
                    : new ForeseenHalts(database, clients, settings.topics(), identity.get())
                            .find().stream().collect(Collectors.toMap(Halt::organizationId, Halt::reason));
        } catch (KafkaException e) {
            throw new CannotRunException("nothing is removed: Kafka at %s: %s"
                    .formatted(settings.kafka().get().bootstrapServers(), Reason.of(e)));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CannotRunException("nothing is removed: it was interrupted");
        }
    }

    private int retain(Retention retention, Instant moment, Map<String, String> refused) throws SQLException {
        boolean left = false;
        boolean allowed = true;
        for (String id : organizations(retention)) {
            if (refused.containsKey(id)) {
                allowed = false;
                say(id, "nothing is removed: " + OneLine.of(refused.get(id)));
            } else {
                Range range = dryRun ? retention.retainable(id, moment) : retention.retain(id, moment);
                left |= range.waiting() > 0;
                say(id, sentence(range));
            }
        }
        if (!allowed) {
            return REFUSED;
        }
        return left ? SOME_ARE_LEFT : 0;
    }

    private void say(String id, String sentence) {
        out.println("retain: organization %s: %s".formatted(OneLine.of(id), sentence));
    }

    private List<String> organizations(Retention retention) throws SQLException {
        List<String> all = retention.organizations();
        if (organization == null) {
            return all;
        }
        String id = Organization.canonicalId(organization);
        if (!all.contains(id)) {
            throw new CannotRunException("organization %s has no history".formatted(id));
        }
        return List.of(id);
    }

    private String sentence(Range range) {
        String done;
        if (range.rows() == 0) {
            done = "nothing to remove";
        } else if (dryRun) {
            done = "rows %d to %d would be removed".formatted(range.first(), range.last());
        } else {
            done = "rows %d to %d sealed, %s kept"
                    .formatted(range.first(), range.last(), Counted.of(range.jobs(), "job"));
        }
        return range.waiting() == 0
                ? done
                : "%s; the next %s %s".formatted(done, Counted.of(range.waiting(), "row"), range.reason());
    }
}
