package org.jobtrail.embedded;

import java.io.IOException;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import kafka.server.BrokerServer;
import kafka.server.ControllerServer;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import kafka.server.SharedServer;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.common.utils.AppInfoParser;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.raft.QuorumConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A real Kafka broker, which is its own controller, on a directory that keeps its topics. Assembled from the parts of Kafka's
 * KafkaRaftServer, for that ends the whole process when something goes wrong, and binds ports that somebody may take meanwhile.
 */
final class EmbeddedBroker implements EmbeddedServer {
    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedBroker.class);
    private static final String LISTENER = "PLAINTEXT";

    private final Path directory;
    private final int port;
    private final ControllerServer controller;
    private final BrokerServer broker;

    private EmbeddedBroker(Path directory, Map<String, ServerSocketChannel> sockets) throws IOException {
        this.directory = directory;
        this.port = RememberedPort.port(sockets.get(LISTENER));
        KafkaConfig config = new KafkaConfig(
                configuration(
                        new BrokerStorage(directory),
                        port,
                        RememberedPort.port(sockets.get(BrokerStorage.CONTROLLER_LISTENER))),
                false);
        var logDirectories = KafkaRaftServer.initializeLogDirs(config, LOG, "");
        SharedServer shared = new SharedServer(
                config,
                logDirectories._1(),
                Time.SYSTEM,
                new Metrics(),
                CompletableFuture.completedFuture(
                        QuorumConfig.parseVoterConnections(config.quorumConfig().voters())),
                QuorumConfig.parseBootstrapServers(config.quorumConfig().bootstrapServers()),
                (name, fatal, action) -> (message, cause) -> fault(name, message, cause, action),
                (listener, address, backlog, receiveBuffer) -> sockets.get(listener));
        this.controller = new ControllerServer(shared, KafkaRaftServer.configSchema(), logDirectories._2());
        this.broker = new BrokerServer(shared);
    }

    static EmbeddedBroker start(Path directory) {
        Map<String, ServerSocketChannel> sockets = new HashMap<>();
        try {
            BrokerStorage.in(directory);
            sockets.put(LISTENER, new RememberedPort(directory.resolve("port")).bind());
            sockets.put(
                    BrokerStorage.CONTROLLER_LISTENER, new RememberedPort(directory.resolve("controller-port")).bind());
            for (ServerSocketChannel socket : sockets.values()) {
                socket.configureBlocking(false);
            }
            EmbeddedBroker broker = new EmbeddedBroker(directory, sockets);
            broker.start();
            return broker;
        } catch (Exception e) {
            sockets.values().forEach(EmbeddedBroker::closeQuietly);
            if (e instanceof EmbeddedServersException sentence) {
                throw sentence;
            }
            throw new EmbeddedServersException(
                    "Kafka does not start in " + directory + ": " + firstLine(e)
                            + "; put that right, or set kafka.bootstrap-servers to use another broker.",
                    e);
        }
    }

    private void start() {
        try {
            controller.startup();
            broker.startup();
        } catch (Exception e) {
            // Scala throws checked exceptions without saying so.
            close();
            throw e;
        }
    }

    @Override
    public Map<String, String> settings() {
        return Map.of("kafka.bootstrap-servers", RememberedPort.HOST + ":" + port);
    }

    @Override
    public String announcement() {
        return "Kafka " + AppInfoParser.getVersion() + " in " + directory + ": bootstrap server " + RememberedPort.HOST
                + ":" + port;
    }

    @Override
    public void close() {
        broker.shutdown(Duration.ofSeconds(10));
        controller.shutdown();
    }

    private static Map<String, String> configuration(BrokerStorage storage, int port, int controllerPort) {
        Map<String, String> configuration = new HashMap<>();
        configuration.put("process.roles", "broker,controller");
        configuration.put("node.id", Integer.toString(BrokerStorage.NODE));
        configuration.put("log.dirs", storage.log().toString());
        configuration.put(
                "listeners",
                listener(LISTENER, port) + "," + listener(BrokerStorage.CONTROLLER_LISTENER, controllerPort));
        configuration.put(
                "listener.security.protocol.map",
                LISTENER + ":PLAINTEXT," + BrokerStorage.CONTROLLER_LISTENER + ":PLAINTEXT");
        configuration.put("controller.listener.names", BrokerStorage.CONTROLLER_LISTENER);
        // Not part of what is formatted, so the controller's port may be another one at each start.
        configuration.put(
                "controller.quorum.voters", BrokerStorage.NODE + "@" + RememberedPort.HOST + ":" + controllerPort);
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
        // After kill -9 the controller waits so long (9 s by default) for the broker that it knew before it admits the
        // new one.
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

    private RuntimeException fault(String name, String message, Throwable cause, Runnable action) {
        LOG.error("Kafka in {} has a fault in its {}: {} ({})", directory, name, message, String.valueOf(cause));
        LOG.debug("The fault", cause);
        action.run();
        return new IllegalStateException(name + ": " + message, cause);
    }

    private static String firstLine(Exception e) {
        String text = e.getMessage() == null ? e.toString() : e.getMessage();
        return text.lines().findFirst().orElse("").replaceFirst("\\.$", "");
    }

    private static void closeQuietly(ServerSocketChannel socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // It was never used; the process's end closes it as well.
        }
    }
}
