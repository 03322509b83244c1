package org.jobtrail.kafka;

import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.utils.Utils;

/** Where events of a key are. */
public final class KeyPartition {

    private KeyPartition() {}

    /** As any producer of Kafka's chooses it of that many. */
    public static int of(String key, int partitions) {
        return Utils.toPositive(Utils.murmur2(key.getBytes(StandardCharsets.UTF_8))) % partitions;
    }
}
