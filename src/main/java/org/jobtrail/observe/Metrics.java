package org.jobtrail.observe;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jobtrail.veeam.ServiceInstance;

/** Every metric, by the name that dashboards rely on. Thread-safe. No organization or job is a label: there may be thousands. */
public final class Metrics {

    private final Map<String, Meter> servers = new ConcurrentHashMap<>();
    private final AtomicReference<Instant> lastCheckpoint = new AtomicReference<>();
    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

    public void cycle(String source, String outcome, long nanos) {
        Timer.builder("jobtrail.cycle")
                .description("How long a source took to poll.")
                .tag("source", source)
                .publishPercentileHistogram()
                .minimumExpectedValue(Duration.ofMillis(10))
                .maximumExpectedValue(Duration.ofMinutes(10))
                .register(registry)
                .record(Duration.ofNanos(nanos));
        count("jobtrail.cycles", "Polls of a source, by outcome.", 1, "source", source, "outcome", lower(outcome));
    }

    public void share(String source, String outcome) {
        count(
                "jobtrail.shares",
                "Shares of polls that this instance did, by outcome.",
                1,
                "source",
                source,
                "outcome",
                lower(outcome));
    }

    public void jobsSeen(String source, int jobs, int rejected) {
        count("jobtrail.jobs.seen", "Jobs that were read.", jobs, "source", source);
        count("jobtrail.jobs.rejected", "List elements that could not be read.", rejected, "source", source);
    }

    public void organization(String source, String outcome) {
        count(
                "jobtrail.organizations.polled",
                "Organizations that were polled, by outcome.",
                1,
                "source",
                source,
                "outcome",
                lower(outcome));
    }

    public void changes(Map<String, Integer> changes) {
        changes.forEach((kind, count) ->
                count("jobtrail.changes", "Rows appended to the history, by kind.", count, "kind", kind));
    }

    public void login(String source, Enum<?> result) {
        count(
                "jobtrail.logins",
                "Requests for a token, by result.",
                1,
                "source",
                source,
                "result",
                lower(result.name()));
    }

    /** Who answers now: what stood there before is gone, so that each source has one line. */
    public void source(String source, String apiVersion, ServiceInstance instance) {
        Tags now = Tags.of(
                "source",
                source,
                "api_version",
                apiVersion,
                "product_version",
                Objects.requireNonNullElse(instance.productVersion(), "unknown"),
                "installation_id",
                Objects.requireNonNullElse(instance.installationId(), "unknown"));
        servers.compute(source, (name, before) -> {
            if (before != null && Tags.of(before.getId().getTagsAsIterable()).equals(now)) {
                return before;
            }
            if (before != null) {
                registry.remove(before);
            }
            return Gauge.builder("jobtrail.source.info", () -> 1)
                    .description("The server of a source: its API version, its build and its installation.")
                    .tags(now)
                    .strongReference(true)
                    .register(registry);
        });
    }

    public void httpAnswer(String source, int status) {
        count("jobtrail.http.answers", "Answers of a source, by status.", 1, "source", source, "status", "" + status);
    }

    public void published(int rows, Duration lag) {
        count("jobtrail.published.rows", "Rows that were published.", rows);
        Timer.builder("jobtrail.publish.lag")
                .description("From a row's commit in PostgreSQL to its commit on Kafka, of a batch's oldest row.")
                .publishPercentileHistogram()
                .minimumExpectedValue(Duration.ofMillis(1))
                .maximumExpectedValue(Duration.ofHours(1))
                .register(registry)
                .record(lag);
    }

    /** @param at when the last was taken, whoever took it */
    public void checkpoints(int taken, Instant at) {
        count("jobtrail.checkpoints", "Signed checkpoints that this instance took.", taken);
        if (lastCheckpoint.getAndSet(at) == null) {
            gauge(
                    "jobtrail.checkpoint.age.seconds",
                    "How long ago the last checkpoint was taken, as far as this instance knows.",
                    () -> Duration.between(lastCheckpoint.get(), Instant.now()).toMillis() / 1e3);
        }
    }

    void route(String route, boolean failed, long nanos) {
        Timer.builder("jobtrail.route")
                .description("How long an exchange took in a route.")
                .tag("route", route)
                .tag("outcome", failed ? "failed" : "done")
                .register(registry)
                .record(Duration.ofNanos(nanos));
    }

    void gauge(String name, String description, Supplier<Number> value) {
        Gauge.builder(name, value)
                .description(description)
                .strongReference(true)
                .register(registry);
    }

    void gauge(String name, String description, String source, Supplier<Number> value) {
        Gauge.builder(name, value)
                .description(description)
                .tag("source", source)
                .strongReference(true)
                .register(registry);
    }

    public String text() {
        return registry.scrape();
    }

    private void count(String name, String description, int amount, String... tags) {
        Counter.builder(name)
                .description(description)
                .tags(tags)
                .register(registry)
                .increment(amount);
    }

    private static String lower(String name) {
        return name.toLowerCase(Locale.ROOT);
    }
}
