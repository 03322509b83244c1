package org.jobtrail.settings;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * How long the publisher's producer waits, by the settings of Kafka's clients and by ours where there are none: what an operator makes
 * longer must not make a client impossible.
 */
public final class KafkaTimeouts {

    private static final String API = "default.api.timeout.ms";
    private static final String DELIVERY = "delivery.timeout.ms";
    private static final String REQUEST = "request.timeout.ms";

    private static final Duration LONGEST = Duration.ofMillis(Integer.MAX_VALUE);

    /** More, a broker does not allow by default. */
    private static final Duration LONGEST_TRANSACTION = Duration.ofMinutes(15);

    private final Map<String, String> client;

    KafkaTimeouts(Map<String, String> client) {
        this.client = client;
    }

    /** After which the producer gives up a record that Kafka has not acknowledged. */
    public Duration delivery() {
        return set(DELIVERY).orElseGet(() -> shorter(LONGEST, longer(Duration.ofSeconds(20), shortestDelivery())));
    }

    /** After which a broker aborts what the producer left open: not before that has given up itself, and knows why. */
    public Duration transaction() {
        return shorter(
                LONGEST_TRANSACTION, longer(Duration.ofSeconds(30), delivery().plusSeconds(10)));
    }

    /** @throws InvalidSettingException where Kafka's clients take each of them, but not together */
    void requireThatTheyFit() {
        refuseLess(DELIVERY, shortestDelivery(), "linger.ms and request.timeout.ms together");
        refuseLess(API, set(REQUEST).orElse(Duration.ofSeconds(5)), REQUEST);
    }

    private void refuseLess(String name, Duration least, String of) {
        set(name).filter(value -> value.compareTo(least) < 0).ifPresent(value -> {
            throw new InvalidSettingException(
                    KafkaClientSettings.PREFIX + name,
                    "is %d, which is less than %s, %d: expected that or more"
                            .formatted(value.toMillis(), of, least.toMillis()));
        });
    }

    /** A record waits for others, and then for a request. */
    private Duration shortestDelivery() {
        return set("linger.ms").orElse(Duration.ofSeconds(1)).plus(set(REQUEST).orElse(Duration.ofSeconds(10)));
    }

    private Optional<Duration> set(String name) {
        return Optional.ofNullable(client.get(name)).map(Long::parseLong).map(Duration::ofMillis);
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    private static Duration longer(Duration one, Duration other) {
        return one.compareTo(other) > 0 ? one : other;
    }
}
