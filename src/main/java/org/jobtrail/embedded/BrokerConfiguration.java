package org.jobtrail.embedded;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** What a broker needs to be told that is alone: its own controller, and the only replica of everything. */
final class BrokerConfiguration {
    static final int NODE = 1;
    static final String LISTENER = "PLAINTEXT";
    static final String CONTROLLER_LISTENER = "CONTROLLER";

    private BrokerConfiguration() {}

    static Map<String, String> of(Path directory, int port, int controllerPort) {
        Map<String, String> configuration = new HashMap<>();
        configuration.put("process.roles", "broker,controller");
        configuration.put("node.id", Integer.toString(NODE));
        configuration.put("log.dirs", BrokerStorage.log(directory).toString());
        configuration.put("listeners", listener(LISTENER, port) + "," + listener(CONTROLLER_LISTENER, controllerPort));
        configuration.put(
                "listener.security.protocol.map", LISTENER + ":PLAINTEXT," + CONTROLLER_LISTENER + ":PLAINTEXT");
        configuration.put("controller.listener.names", CONTROLLER_LISTENER);
        // Not part of what is formatted, so the controller's port may be another one at each start.
        configuration.put("controller.quorum.voters", NODE + "@" + RememberedPort.HOST + ":" + controllerPort);
        configuration.put("auto.create.topics.enable", "false");
        configuration.put("default.replication.factor", "1");
        configuration.put("offsets.topic.replication.factor", "1");
        configuration.put("offsets.topic.num.partitions", "4");
        configuration.put("transaction.state.log.replication.factor", "1");
        configuration.put("transaction.state.log.min.isr", "1");
        configuration.put("transaction.state.log.num.partitions", "4");
        configuration.put("share.coordinator.state.topic.replication.factor", "1");
        configuration.put("share.coordinator.state.topic.min.isr", "1");
        configuration.put("share.coordinator.state.topic.num.partitions", "1");
        configuration.put("group.initial.rebalance.delay.ms", "0");
        // 128 MB of our heap by default, for topics that have a few thousand keys here.
        configuration.put("log.cleaner.dedupe.buffer.size", "4194304");
        // After kill -9 the controller waits so long (9 s by default)
        // for the broker that it knew before it admits the new one.
        configuration.put("broker.session.timeout.ms", "3000");
        configuration.put("broker.heartbeat.interval.ms", "500");
        // No record twice a second that only says that nothing happened: nobody follows this log.
        configuration.put("metadata.max.idle.interval.ms", "0");
        configuration.put("num.network.threads", "2");
        configuration.put("num.io.threads", "4");
        return configuration;
    }

    private static String listener(String name, int port) {
        return name + "://" + RememberedPort.HOST + ":" + port;
    }
}
