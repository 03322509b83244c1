package org.jobtrail.support;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** The environment variables of a {@link Program}. */
public final class ProgramSettings {

    private ProgramSettings() {}

    /** On a database and on topics of its own, with its key beside the certificate; it polls one source. */
    public static Map<String, String> of(
            TestDatabase database, KafkaServer kafka, String topics, String url, Path certificate) {
        Path directory = certificate.toAbsolutePath().getParent();
        Map<String, String> variables = new HashMap<>();
        variables.put("DATABASE_URL", database.url());
        variables.put("DATABASE_USERNAME", database.username());
        variables.put("DATABASE_PASSWORD", database.password());
        variables.put("KAFKA_BOOTSTRAP_SERVERS", kafka.bootstrapServers());
        variables.put("KAFKA_TOPIC_EVENTS", topics + ".events");
        variables.put("KAFKA_TOPIC_CURSOR", topics + ".cursor");
        variables.put("KAFKA_TOPIC_STATE", topics + ".state");
        variables.put("KAFKA_TOPIC_CHECKPOINTS", topics + ".checkpoints");
        variables.put(
                "CHECKPOINT_KEY_FILE", directory.resolve(topics + "-key.pem").toString());
        variables.put("CHECKPOINT_FILE", directory.resolve(topics + ".jws").toString());
        variables.put("KAFKA_TOPIC_PARTITIONS", "3");
        variables.put("SOURCE_VEEAM_URL", url);
        variables.put("SOURCE_VEEAM_USERNAME", "simulator");
        variables.put("SOURCE_VEEAM_PASSWORD", "simulator");
        variables.put("SOURCE_VEEAM_CA_CERTIFICATE", certificate.toString());
        variables.put("POLL_PERIOD", "2s");
        variables.put("HTTP_PORT", "0");
        return variables;
    }
}
