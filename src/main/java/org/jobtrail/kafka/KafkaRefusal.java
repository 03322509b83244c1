package org.jobtrail.kafka;

import java.util.Objects;
import java.util.stream.Stream;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.RetriableException;

/** Tells a Kafka that is there, and refuses what it is asked, from one that does not answer. */
public final class KafkaRefusal {

    private KafkaRefusal() {}

    /** A login, a right, a certificate: trying again does not help, somebody has to. */
    public static boolean isIn(Throwable failure) {
        return Stream.iterate(failure, Objects::nonNull, Throwable::getCause)
                .anyMatch(cause -> cause instanceof ApiException && !(cause instanceof RetriableException));
    }
}
