package org.jobtrail.kafka;

import org.apache.kafka.common.KafkaException;

/** Something that does not speak Kafka, or only with TLS, listens where Kafka is said to be. The message tells what to do. */
public final class ForeignListenerException extends KafkaException {

    private static final long serialVersionUID = 1L;

    ForeignListenerException(String message) {
        super(message);
    }
}
