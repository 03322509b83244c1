package org.jobtrail.pipeline;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.camel.AggregationStrategy;
import org.apache.camel.CamelContext;
import org.apache.camel.Processor;
import org.apache.camel.main.Main;
import org.jobtrail.authenticate.AccessTokens;
import org.jobtrail.authenticate.AuthorizationListener;
import org.jobtrail.authenticate.RenewToken;
import org.jobtrail.checkpoint.CheckpointMessages;
import org.jobtrail.database.Database;
import org.jobtrail.fetch.JobLists;
import org.jobtrail.fetch.ListPages;
import org.jobtrail.fetch.OrganizationLists;
import org.jobtrail.fetch.Redelivery;
import org.jobtrail.fetch.SourceRequest;
import org.jobtrail.http.Deadline;
import org.jobtrail.http.SourceClient;
import org.jobtrail.kafka.KafkaClients;
import org.jobtrail.observe.HttpAnswers;
import org.jobtrail.observe.Metrics;
import org.jobtrail.observe.PollHealth;
import org.jobtrail.observe.RouteTimings;
import org.jobtrail.page.KnownPages;
import org.jobtrail.poll.Cycle;
import org.jobtrail.poll.Failures;
import org.jobtrail.poll.GoneOrganizations;
import org.jobtrail.poll.InHand;
import org.jobtrail.poll.Installations;
import org.jobtrail.poll.LastCycle;
import org.jobtrail.poll.Polling;
import org.jobtrail.poll.Receipts;
import org.jobtrail.poll.ShareErrors;
import org.jobtrail.poll.Shares;
import org.jobtrail.poll.Sharing;
import org.jobtrail.publish.ComparisonGate;
import org.jobtrail.publish.EventMessages;
import org.jobtrail.record.Claims;
import org.jobtrail.record.CopyJobRecorder;
import org.jobtrail.record.HistoryRecorder;
import org.jobtrail.record.KnownLists;
import org.jobtrail.record.LastPolls;
import org.jobtrail.record.UnchangedLists;
import org.jobtrail.settings.Program;
import org.jobtrail.settings.Settings;
import org.jobtrail.transform.JobSnapshots;
import org.jobtrail.transform.JobTransformation;

/** What the routes call by name. */
final class Beans {

    private final Map<String, Object> beans = new LinkedHashMap<>();

    /** @param clock that of the deadline, for whatever depends on how long something takes */
    Beans(
            Settings settings,
            Database database,
            KafkaClients kafkaClients,
            Metrics metrics,
            PollHealth health,
            ComparisonGate gate,
            Sharing sharing,
            InHand inHand,
            Deadline deadline,
            Clock clock,
            Supplier<CamelContext> context,
            Consumer<Cycle> listener) {
        Duration longest = settings.poll().deadline();
        var accessTokens = new AccessTokens(new ObjectMapper(), clock, longest, metrics, health);
        bind("history", database.statements());
        bind("publication", database.publisherStatements());
        bind("sourceClient", new SourceClient(deadline, Program.version()));
        bind("redelivery", new Redelivery(clock, Math::random));
        bind("kafkaClients", kafkaClients);
        // Camel gives it to its component, as the only one of its type.
        bind("shareErrors", new ShareErrors());
        bind("httpAnswers", new AuthorizationListener(new HttpAnswers(metrics, Clock.systemUTC())));
        bind("routeTimings", new RouteTimings(metrics));
        bind("failures", new Failures(health.recording()));
        bind("installations", new Installations(accessTokens));
        bind(
                "goneOrganizations",
                new GoneOrganizations(patience(settings), settings.absence().suspectFor()));
        bind("accessTokens", accessTokens);
        bind("renewToken", new RenewToken(accessTokens, context));
        // Before it sends again, Camel puts the call that failed back on the message.
        bind("sendAgain", (Processor) SourceRequest::again);
        bind("organizationJson", OrganizationLists.json());
        var knownPages = KnownPages.ofThisProcess();
        var lastPolls = new LastPolls(System::nanoTime);
        bind("listPages", new ListPages());
        bind("organizationLists", new OrganizationLists(clock, longest, knownPages));
        bind("jobLists", new JobLists(clock, longest, knownPages));
        bind("unchangedLists", new UnchangedLists(lastPolls, sharing.shared(), knownPages.most()));
        bind("jobTransformation", new JobTransformation(new JobSnapshots(settings.eventMaxBytes())));
        bind("claims", new Claims(patience(settings), lastPolls));
        bind("historyRecorder", new HistoryRecorder(settings.absence(), KnownLists.ofThisProcess(), lastPolls));
        bind("copyJobRecorder", new CopyJobRecorder(patience(settings), lastPolls));
        bind("eventMessages", new EventMessages(settings.topics()));
        bind("checkpointMessages", new CheckpointMessages(settings.checkpoint().file()));
        bind(
                "polling",
                new Polling(
                        settings.sources(),
                        settings.poll().period(),
                        gate,
                        sharing,
                        inHand,
                        health.recording(),
                        listener));
        bind("receipts", new Receipts(settings.poll().period(), Program.version(), metrics, health));
        bind("sharing", sharing);
        bind("shares", new Shares(sharing, inHand));
        bind("lastCycle", new LastCycle(metrics, health));
        bind("nothingComesBack", (AggregationStrategy) (before, branch) -> null);
    }

    private void bind(String name, Object bean) {
        beans.put(name, bean);
    }

    void bindTo(Main main) {
        beans.forEach(main::bind);
    }

    /** For so long a list that was read is still evidence of now: the time between two polls is covered up to here. */
    private static Duration patience(Settings settings) {
        return settings.poll().period().multipliedBy(2);
    }
}
