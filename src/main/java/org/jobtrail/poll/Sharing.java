package org.jobtrail.poll;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Variable;
import org.apache.camel.component.kafka.KafkaConstants;
import org.apache.camel.support.DefaultMessage;
import org.apache.camel.support.SynchronizationAdapter;
import org.jobtrail.fetch.OneLine;
import org.jobtrail.fetch.Organization;
import org.jobtrail.observe.Metrics;
import org.jobtrail.observe.PollHealth;
import org.jobtrail.settings.Settings.Poll;
import org.jobtrail.settings.Settings.Source;
import org.jobtrail.transform.Json;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the routes ask where instances share the polling: whose turn it is, who polls what, and how it went. Who may do what is decided
 * by PostgreSQL; Kafka hands it out. Thread-safe.
 */
public final class Sharing {

    /** What an instance that dies leaves to others to be done again: some seconds' work. */
    public static final int LARGEST_SHARE = 50;

    /** For so long an attempt of which nobody gives a sign of life keeps the next from beginning. */
    static final Duration PATIENCE = Duration.ofSeconds(30);

    /** How often is asked whether a cycle that takes longer than a period has ended. */
    private static final Duration NEXT_LOOK = Duration.ofSeconds(1);

    /** Who has just started and has not reached Kafka yet does not begin a cycle that it would have to do alone. */
    private static final Duration FIRST_WAIT = Duration.ofSeconds(10);

    private static final Logger LOG = LoggerFactory.getLogger("jobtrail.poll");

    private final ObjectMapper mapper = new ObjectMapper();
    private final Poll poll;
    private final boolean shared;
    private final String instance;
    private final Metrics metrics;
    private final PollHealth health;

    /** How many partitions the topic of each source has, of those that this instance takes shares of. */
    private final Map<String, Integer> partitions = new ConcurrentHashMap<>();

    private final Map<String, Long> looksAt = new ConcurrentHashMap<>();

    /** What this instance works on, by whatever it came with. */
    private final Map<Object, Attempt> inHand = new ConcurrentHashMap<>();

    /** Sources whose last shares nobody took, though Kafka had them. */
    private final Set<String> untaken = ConcurrentHashMap.newKeySet();

    private final long startedNanos = System.nanoTime();

    /** @param shared false for who polls all by itself, whatever the settings say */
    public Sharing(Poll poll, boolean shared, String instance, Metrics metrics, PollHealth health) {
        this.poll = poll;
        this.shared = shared;
        this.instance = instance;
        this.metrics = metrics;
        this.health = health;
    }

    public boolean shared() {
        return shared;
    }

    /** From now on shares of this source come to this instance too. */
    public void joined(String source, int partitionsOfItsTopic) {
        partitions.put(source, partitionsOfItsTopic);
    }

    public String instance() {
        return instance;
    }

    /** Of which this instance takes shares. */
    public Set<String> sources() {
        return new TreeSet<>(partitions.keySet());
    }

    /** Its topic is not as it was: it is looked at again. */
    void left(String source) {
        partitions.remove(source);
    }

    public boolean hasJoined(String source) {
        return partitions.containsKey(source);
    }

    /** Where the database cannot be asked, it is asked again after a period, as whoever polls alone does. */
    boolean waits(String source) {
        long now = System.nanoTime();
        boolean joining = !hasJoined(source) && now - startedNanos < FIRST_WAIT.toNanos();
        if (shared && (joining || looksAt.getOrDefault(source, now) - now > 0)) {
            return true;
        }
        looksAt.put(source, now + poll.period().toNanos());
        return false;
    }

    void askAgain(String source, double dueInSeconds) {
        long wait = dueInSeconds > 0 ? (long) (dueInSeconds * 1e9) : NEXT_LOOK.toNanos();
        looksAt.put(source, System.nanoTime() + Math.min(wait, poll.period().toNanos()));
    }

    /** Takes note of what became of the attempt before. */
    void begins(String source, boolean givenUp, boolean nobodyTookAShare) {
        if (givenUp) {
            LOG.warn(
                    "source {}: the cycle before is given up, nobody has given a sign of life of it for {} s{}",
                    source,
                    PATIENCE.toSeconds(),
                    nobodyTookAShare ? "; no instance took any of its shares, this one polls the next by itself" : "");
        }
        if (nobodyTookAShare) {
            untaken.add(source);
        } else {
            untaken.remove(source);
        }
    }

    void inHand(Object cycleOrTurn, Attempt attempt) {
        inHand.put(cycleOrTurn, attempt);
    }

    void untilTheEndOf(Exchange exchange, Object cycleOrTurn) {
        exchange.getExchangeExtension().addOnCompletion(new SynchronizationAdapter() {
            @Override
            public void onDone(Exchange done) {
                inHand.remove(cycleOrTurn);
            }
        });
    }

    /** What this instance works on, as JSON for PostgreSQL; empty where it works on nothing. */
    Optional<String> inHand() {
        ArrayNode signs = mapper.createArrayNode();
        inHand.values().forEach(attempt -> {
            Share share = attempt.share();
            signs.addObject()
                    .put("source", attempt.source().name())
                    .put("attempt", attempt.number())
                    .put("share", share == null ? 0 : share.number())
                    .put("taking", share == null ? 0 : share.taking());
        });
        return signs.isEmpty() ? Optional.empty() : Optional.of(Json.text(signs));
    }

    /** Each partition has a share, if there are enough organizations, and none is large. No thread of a share is idle at its end. */
    public void divide(
            @Variable("attempt") Attempt attempt, @Body List<Organization> organizations, Exchange exchange) {
        int atOnce = attempt.source().concurrency();
        int even = ceiling(
                organizations.size(), partitions.getOrDefault(attempt.source().name(), 1));
        int size = Math.min(LARGEST_SHARE, ceiling(even, atOnce) * atOnce);
        ArrayNode shares = mapper.createArrayNode();
        IntStream.range(0, ceiling(organizations.size(), size))
                .mapToObj(share ->
                        organizations.subList(share * size, Math.min((share + 1) * size, organizations.size())))
                .forEach(share -> shares.add(mapper.valueToTree(share)));
        StatementParameters.set(
                exchange,
                Map.of(
                        "source", attempt.source().name(),
                        "attempt", attempt.number(),
                        "shares", Json.text(shares)));
    }

    private static int ceiling(int number, int divisor) {
        return (number + divisor - 1) / divisor;
    }

    public void divided(@Variable("attempt") Attempt attempt, @Body List<Map<String, Object>> rows, Exchange exchange) {
        var shares = (Integer) rows.get(0).get("shares");
        if (shares == null) {
            throw new IllegalStateException("this poll comes too late: the shares of a later one are handed out");
        }
        attempt.divided(shares);
        exchange.getMessage().removeHeaders("*");
    }

    /** Not to wait for Kafka where it is known that nothing comes of it. */
    public void mustBeReached(@Variable("source") Source source) {
        if (untaken.contains(source.name())) {
            throw new IllegalStateException("no instance took a share of the poll before");
        }
        if (!hasJoined(source.name())) {
            throw new IllegalStateException("there is no connection to its topic yet");
        }
    }

    /** One for each share, in turn to the partitions: by a key, some would get none and others several. */
    public List<Message> messages(@Variable("attempt") Attempt attempt, Exchange exchange) {
        int count = partitions.getOrDefault(attempt.source().name(), 0);
        return IntStream.rangeClosed(1, attempt.share().shares())
                .mapToObj(share -> {
                    Message message = new DefaultMessage(exchange.getContext());
                    message.setBody("{\"attempt\":%d,\"share\":%d}".formatted(attempt.number(), share));
                    if (count > 0) {
                        message.setHeader(KafkaConstants.PARTITION_KEY, share % count);
                    }
                    return message;
                })
                .toList();
    }

    public List<List<Message>> firstAndOthers(@Variable("attempt") Attempt attempt, Exchange exchange) {
        List<Message> all = messages(attempt, exchange);
        return Stream.of(all.subList(0, 1), all.subList(1, all.size()))
                .filter(messages -> !messages.isEmpty())
                .toList();
    }

    public void notSent(@Variable("attempt") Attempt attempt, Exchange exchange) {
        LOG.warn(
                "source {}: Kafka does not take the shares of this poll, this instance polls them all: {}",
                attempt.source().name(),
                Failures.reason(exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Exception.class)));
        left(attempt.source().name());
    }

    private record ShareMessage(long attempt, int share) {}

    public Turn turn(@Body String message, Exchange exchange) throws JsonProcessingException {
        ShareMessage share = mapper.readValue(message, ShareMessage.class);
        var turn = new Turn(share.attempt(), share.share());
        untilTheEndOf(exchange, turn);
        return turn;
    }

    public void take(@Variable("source") Source source, @Variable("turn") Turn turn, Exchange exchange) {
        // What happens from here on is not about the share before.
        exchange.removeVariable("attempt");
        StatementParameters.set(
                exchange,
                Map.of(
                        "source", source.name(),
                        "attempt", turn.attempt(),
                        "share", turn.share(),
                        "polled", turn.polled(),
                        "instance", instance));
    }

    /** Null where there is nothing to do: somebody else did it, or a later attempt has begun. */
    public Attempt taken(
            @Variable("source") Source source, @Variable("turn") Turn turn, @Body List<Map<String, Object>> rows)
            throws JsonProcessingException {
        if (rows.isEmpty()) {
            turn.nothingLeft();
            return null;
        }
        Map<String, Object> row = rows.get(0);
        var share = new Share((Integer) row.get("share"), (Integer) row.get("shares"), (Integer) row.get("taking"));
        List<Organization> organizations =
                Arrays.asList(mapper.readValue((String) row.get("organizations"), Organization[].class));
        var attempt = new Attempt(
                source, turn.attempt(), (String) row.get("started_at"), System.nanoTime(), share, organizations);
        turn.took(attempt);
        inHand(turn, attempt);
        return attempt;
    }

    /** Who ended a cycle says how it went; all others take note of it. */
    public void tell(
            @Variable("source") Source source, @Variable("turn") Turn turn, @Body List<Map<String, Object>> rows) {
        if (rows.isEmpty()) {
            return;
        }
        Map<String, Object> last = rows.get(0);
        var took = Duration.ofMillis((long) (((Double) last.get("seconds")) * 1e3));
        String outcome = (String) last.get("outcome");
        var reason = (String) last.get("reason");
        var completeAgo = (Double) last.get("complete_seconds_ago");
        health.told(
                source.name(),
                completeAgo == null ? null : Duration.ofMillis((long) (completeAgo * 1e3)),
                took,
                outcome,
                reason == null ? null : OneLine.of(reason));
        if (turn != null) {
            metrics.cycle(source.name(), outcome, took.toNanos());
            LOG.info(summary(source, last, took));
        }
    }

    private static String summary(Source source, Map<String, Object> last, Duration took) {
        long changes = number(last, "changes");
        long notComplete = number(last, "not_complete");
        return String.format(
                Locale.ROOT,
                "polled source %s, %s, %s: %s%s in %.1f s, by %s",
                source.name(),
                Summary.count(number(last, "organizations"), "organization"),
                Summary.count(number(last, "jobs"), "job"),
                changes == 0 ? "no change" : Summary.count(changes, "change"),
                notComplete == 0 ? "" : ", %s not complete".formatted(Summary.count(notComplete, "list")),
                took.toMillis() / 1e3,
                Summary.count(number(last, "instances"), "instance"));
    }

    private static long number(Map<String, Object> row, String column) {
        return ((Number) row.get(column)).longValue();
    }
}
