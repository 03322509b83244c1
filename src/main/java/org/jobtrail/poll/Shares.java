package org.jobtrail.poll;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Variable;
import org.apache.camel.component.kafka.KafkaConstants;
import org.apache.camel.support.DefaultMessage;
import org.jobtrail.database.StatementParameters;
import org.jobtrail.failure.Reason;
import org.jobtrail.settings.Settings.Source;
import org.jobtrail.text.JsonText;
import org.jobtrail.veeam.Organization;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the routes ask on the way of a cycle's organizations to whoever polls them: {@code 1-share-out} and {@code 1-poll-share}. */
public final class Shares {

    /** What an instance that dies leaves to others to be done again: some seconds' work. */
    public static final int LARGEST = 50;

    private static final float GOLDEN = 0.618f;

    private static final Logger LOG = LoggerFactory.getLogger("jobtrail.poll");

    private final ObjectMapper mapper = new ObjectMapper();
    private final Sharing sharing;
    private final InHand inHand;

    public Shares(Sharing sharing, InHand inHand) {
        this.sharing = sharing;
        this.inHand = inHand;
    }

    /** Each partition has a share, so that each instance has some; but for fewer organizations than that, and none is large. */
    public void divide(
            @Variable("attempt") Attempt attempt, @Body List<Organization> organizations, Exchange exchange) {
        int all = organizations.size();
        int partitions = Math.max(1, sharing.partitions(attempt.source().name()));
        int count = Math.max(Math.min(all, partitions), (all + LARGEST - 1) / LARGEST);
        ArrayNode shares = mapper.createArrayNode();
        for (long share = 0; share < count; share++) {
            List<Organization> part =
                    organizations.subList((int) (share * all / count), (int) ((share + 1) * all / count));
            shares.add(mapper.valueToTree(part));
        }
        StatementParameters.set(
                exchange,
                Map.of(
                        "source", attempt.source().name(),
                        "attempt", attempt.number(),
                        "shares", JsonText.of(shares)));
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
        if (!sharing.areTaken(source.name())) {
            throw new NobodySharesException("no instance took a share of the poll before");
        }
        if (!sharing.hasJoined(source.name())) {
            throw new NobodySharesException("there is no connection to its topic yet");
        }
    }

    /** One for each share, to a partition of its own while there are any: by a key, some would get none and others several. */
    public List<Message> messages(@Variable("attempt") Attempt attempt, Exchange exchange) {
        int count = sharing.partitions(attempt.source().name());
        int stride = stride(Math.max(1, count));
        return IntStream.rangeClosed(1, attempt.share().shares())
                .mapToObj(share -> {
                    Message message = new DefaultMessage(exchange.getContext());
                    message.setBody(JsonText.of(JsonNodeFactory.instance
                            .objectNode()
                            .put("attempt", attempt.number())
                            .put("share", share)));
                    if (count > 0) {
                        message.setHeader(KafkaConstants.PARTITION_KEY, share * stride % count);
                    }
                    return message;
                })
                .toList();
    }

    /**
     * From one share's partition to the next one's, about two thirds of the way round. Kafka gives an instance that was alone neighbours, and
     * those that came together every second or third: of few shares in a row, or at even distances, one of them would get all.
     */
    private static int stride(int partitions) {
        int stride = Math.max(1, Math.round(partitions * GOLDEN));
        // Else some partitions would get none.
        while (!BigInteger.valueOf(stride).gcd(BigInteger.valueOf(partitions)).equals(BigInteger.ONE)) {
            stride++;
        }
        return stride;
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
                Reason.of(exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Exception.class)));
        sharing.left(attempt.source().name());
    }

    private record ShareMessage(long attempt, int share) {}

    public ShareRun begin(@Body String message, Exchange exchange) throws JsonProcessingException {
        ShareMessage share = mapper.readValue(message, ShareMessage.class);
        var run = new ShareRun(share.attempt(), share.share());
        inHand.untilTheEndOf(exchange, run);
        return run;
    }

    public void take(@Variable("source") Source source, @Variable("shareRun") ShareRun run, Exchange exchange) {
        // What happens from here on is not about the share before.
        exchange.removeVariable("attempt");
        StatementParameters.set(
                exchange,
                Map.of(
                        "source", source.name(),
                        "attempt", run.attempt(),
                        "share", run.share(),
                        "polled", run.polled(),
                        "instance", sharing.instance()));
    }

    /** Null where there is nothing to do: somebody else did it, or a later attempt has begun. */
    public Attempt taken(
            @Variable("source") Source source, @Variable("shareRun") ShareRun run, @Body List<Map<String, Object>> rows)
            throws JsonProcessingException {
        if (rows.isEmpty()) {
            run.nothingLeft();
            return null;
        }
        Map<String, Object> row = rows.get(0);
        var share = new Share((Integer) row.get("share"), (Integer) row.get("shares"), (Integer) row.get("taking"));
        List<Organization> organizations =
                Arrays.asList(mapper.readValue((String) row.get("organizations"), Organization[].class));
        var attempt = new Attempt(
                source, run.attempt(), (String) row.get("started_at"), System.nanoTime(), share, organizations);
        run.took(attempt);
        inHand.take(run, attempt);
        return attempt;
    }
}
