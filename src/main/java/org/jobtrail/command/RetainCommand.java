package org.jobtrail.command;

import java.io.PrintStream;
import java.sql.SQLException;
import java.time.Instant;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jobtrail.embedded.EmbeddedKind;
import org.jobtrail.record.Retention;
import org.jobtrail.record.Retention.Range;
import org.jobtrail.settings.Settings;
import org.jobtrail.text.Counted;
import org.jobtrail.text.OneLine;
import org.jobtrail.veeam.Organization;
import org.jobtrail.verify.RowsOnTopic.Rows;
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
                    + " nor of an organization whose publication would halt, or of which that topic lacks any of these rows,"
                    + " and its own retention does not explain it: it is read for that."
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {
            "0:no row that is old enough is left",
            "1:could not be done, or not of all organizations",
            "10:rows that are old enough are left, as they are not published or not covered by a checkpoint yet, or were not a moment ago"
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
        try (Servers servers = Servers.start(options.config(), EnumSet.of(EmbeddedKind.DATABASE), out)) {
            Settings settings = servers.settings();
            // What is yet to come would cost everything.
            Instant moment = before.past("--before", settings.report().timeZone());
            return OperatorRequest.run(settings, database -> {
                // Without a Kafka of ours, nobody can be asked.
                Optional<KafkaWitness> witness = settings.kafka().map(kafka -> new KafkaWitness(settings, database));
                try (var retention = new Retention(database)) {
                    return retain(retention, moment, witness);
                }
            });
        }
    }

    private int retain(Retention retention, Instant moment, Optional<KafkaWitness> witness) throws SQLException {
        List<String> all = organizations(retention);
        var refused = new HashMap<String, String>();
        if (witness.isPresent()) {
            refused.putAll(witness.get().halted());
        }
        var removable = new LinkedHashMap<String, Range>();
        for (String id : all) {
            if (!refused.containsKey(id)) {
                removable.put(id, retention.retainable(id, moment));
            }
        }
        if (witness.isPresent()) {
            refused.putAll(witness.get().missing(rows(removable)));
        }
        boolean left = false;
        boolean allowed = true;
        for (String id : all) {
            if (refused.containsKey(id)) {
                allowed = false;
                say(id, "nothing is removed: " + OneLine.of(refused.get(id)));
            } else {
                left |= retain(retention, id, moment, removable.get(id), witness.isPresent());
            }
        }
        if (!allowed) {
            return REFUSED;
        }
        return left ? SOME_ARE_LEFT : 0;
    }

    private static List<Rows> rows(Map<String, Range> removable) {
        return removable.entrySet().stream()
                .filter(organization -> organization.getValue().rows() > 0)
                .map(organization -> new Rows(
                        organization.getKey(),
                        organization.getValue().first(),
                        organization.getValue().last()))
                .toList();
    }

    /**
     * @param removable what was looked for on the topic, where there is one: no other row is removed
     * @return true where some that are old enough are left
     */
    private boolean retain(Retention retention, String id, Instant moment, Range removable, boolean onlyThese)
            throws SQLException {
        if (dryRun || removable.rows() == 0) {
            say(id, sentence(removable));
            return removable.waiting() > 0;
        }
        Range removed = onlyThese ? retention.retain(id, moment, removable.last()) : retention.retain(id, moment);
        say(id, sentence(removed));
        return removed.waiting() > 0;
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
