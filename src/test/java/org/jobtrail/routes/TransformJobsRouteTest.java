package org.jobtrail.routes;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.camel.CamelContext;
import org.apache.camel.Channel;
import org.apache.camel.Exchange;
import org.apache.camel.Navigate;
import org.apache.camel.processor.errorhandler.RedeliveryErrorHandler;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.test.junit5.CamelTestSupport;
import org.jobtrail.fetch.JobList;
import org.jobtrail.fetch.JobLists;
import org.jobtrail.fetch.ListPages;
import org.jobtrail.fetch.Redelivery;
import org.jobtrail.observe.PollHealth;
import org.jobtrail.page.KnownPages;
import org.jobtrail.poll.Failures;
import org.jobtrail.record.Claim;
import org.jobtrail.record.HistoryRecorder;
import org.jobtrail.record.KnownLists;
import org.jobtrail.record.LastPolls;
import org.jobtrail.settings.Settings.Absence;
import org.jobtrail.support.Answer;
import org.jobtrail.support.PostgresServer;
import org.jobtrail.support.RealServers;
import org.jobtrail.support.TestDatabase;
import org.jobtrail.transform.JobSnapshots;
import org.jobtrail.transform.JobTransformation;
import org.jobtrail.transform.Listing;
import org.jobtrail.veeam.ApiVersion;
import org.jobtrail.veeam.Organization;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.postgresql.ds.PGSimpleDataSource;

/** The file {@code 5-transform-jobs} alone, with what it promises its caller. */
@ExtendWith(RealServers.class)
class TransformJobsRouteTest extends CamelTestSupport {

    private static final Organization NORTH = new Organization("3f2b8c1d-0a54-4e69-9b7e-1c5d2a6f7e01", "north");

    private static final Claim FIRST = new Claim(
            1, "2026-03-01T00:00:00Z", 0, true, Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

    private final TestDatabase database;

    TransformJobsRouteTest(PostgresServer server) throws SQLException {
        database = server.migratedDatabase();
    }

    @Override
    protected CamelContext createCamelContext() throws Exception {
        CamelContext context = super.createCamelContext();
        var history = new PGSimpleDataSource();
        history.setUrl(database.url());
        history.setUser(database.username());
        history.setPassword(database.password());
        context.getRegistry().bind("history", history);
        context.getRegistry()
                .bind(
                        "failures",
                        new Failures(new PollHealth(Clock.systemUTC(), Duration.ofMinutes(1), Duration.ofMinutes(1))
                                .recording()));
        context.getRegistry().bind("redelivery", new Redelivery(Clock.systemUTC(), () -> 0));
        context.getRegistry().bind("renewToken", (org.apache.camel.Processor) exchange -> {});
        context.getRegistry()
                .bind(
                        "historyRecorder",
                        new HistoryRecorder(
                                new Absence(3, Duration.ofHours(24)),
                                KnownLists.ofThisProcess(),
                                new LastPolls(System::nanoTime)));
        context.getRegistry().bind("jobTransformation", new JobTransformation(new JobSnapshots(900_000)));
        context.getPropertiesComponent()
                .addInitialProperty(
                        "jobtrail.home", Path.of("").toAbsolutePath().toString());
        for (String file : new String[] {"0-on-error", "5-transform-jobs"}) {
            PluginHelper.getRoutesLoader(context)
                    .loadRoutes(PluginHelper.getResourceLoader(context)
                            .resolveResource("file:routes/" + file + ".camel.yaml"));
        }
        return context;
    }

    @Test
    void everyJobIsListedAndWhatIsNoJobIsKeptAside() {
        Listing listing = transform("v7-jobs-two-unreadable.json");

        assertThat(listing.listed())
                .extracting(job -> job.key().id())
                .containsExactly("c1000000-0000-4000-8000-000000000001", "c1000000-0000-4000-8000-000000000002");
        assertThat(listing.rejected())
                .extracting(Listing.Rejected::reason)
                .containsExactly("it is no object", "it has no id");
        assertThat(listing.partial()).isTrue();
    }

    @Test
    void anEmptyListIsAWholeList() {
        var jobs = new JobLists(Clock.systemUTC(), Duration.ofMinutes(2), KnownPages.ofThisProcess())
                .start("hq", NORTH, ApiVersion.V7);
        new ListPages()
                .accept(jobs, 200, "application/json", new ByteArrayInputStream("[]".getBytes(StandardCharsets.UTF_8)));

        assertThat(transform(jobs).partial()).isFalse();
        assertThat(transform(jobs).listed()).isEmpty();
    }

    /** Or each step of each job would copy the exchange with all its variables, only to have what to send again. */
    @Test
    void nothingIsSentAgain() {
        assertThat(errorHandlers(context().getRoute("transform-jobs").navigate()))
                .hasSizeGreaterThan(5)
                .allSatisfy(errorHandler -> assertThat(errorHandler.determineIfRedeliveryIsEnabled())
                        .as(errorHandler.getOutput().toString())
                        .isFalse());
    }

    /** Of what is passed on the way to the route's steps, and to theirs. */
    private static List<RedeliveryErrorHandler> errorHandlers(Navigate<?> part) {
        List<RedeliveryErrorHandler> found = new ArrayList<>();
        if (part instanceof Channel channel
                && channel.getErrorHandler() instanceof RedeliveryErrorHandler errorHandler) {
            found.add(errorHandler);
        }
        if (part.hasNext()) {
            for (Object next : part.next()) {
                if (next instanceof Navigate<?> step) {
                    found.addAll(errorHandlers(step));
                }
            }
        }
        return found;
    }

    private Listing transform(String file) {
        var jobs = new JobLists(Clock.systemUTC(), Duration.ofMinutes(2), KnownPages.ofThisProcess())
                .start("hq", NORTH, ApiVersion.V7);
        new ListPages()
                .accept(
                        jobs,
                        200,
                        "application/json",
                        new ByteArrayInputStream(Answer.text(file).getBytes(StandardCharsets.UTF_8)));
        return transform(jobs);
    }

    private Listing transform(JobList jobs) {
        Exchange transformed = template().send("direct:transform-jobs", exchange -> {
            exchange.setVariable("organization", NORTH);
            exchange.setVariable("apiVersion", ApiVersion.V7);
            exchange.setVariable("jobs", jobs);
            exchange.setVariable("claim", FIRST);
        });
        assertThat(transformed.getException()).isNull();
        return transformed.getVariable("listing", Listing.class);
    }
}
