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

    private final Path directory;
    private final int port;
    private final ControllerServer controller;
    private final BrokerServer broker;

    private EmbeddedBroker(Path directory, Map<String, ServerSocketChannel> sockets) throws IOException {
        this.directory = directory;
        this.port = RememberedPort.port(sockets.get(BrokerConfiguration.LISTENER));
        KafkaConfig config = new KafkaConfig(
                BrokerConfiguration.of(
                        directory, port, RememberedPort.port(sockets.get(BrokerConfiguration.CONTROLLER_LISTENER))),
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
            BrokerStorage.prepare(directory);
            sockets.put(BrokerConfiguration.LISTENER, new RememberedPort(directory.resolve("port")).bind());
            sockets.put(
                    BrokerConfiguration.CONTROLLER_LISTENER,
                    new RememberedPort(directory.resolve("controller-port")).bind());
            for (ServerSocketChannel socket : sockets.values()) {
                socket.configureBlocking(false);
            }
            EmbeddedBroker broker = new EmbeddedBroker(directory, sockets);
            broker.start();
            return broker;
        } catch (Exception | LinkageError e) {
            // An error where a class of Kafka's wants to be told of the end of the process, and that has begun.
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
        } catch (Exception | LinkageError e) {
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

    private RuntimeException fault(String name, String message, Throwable cause, Runnable action) {
        LOG.error("Kafka in {} has a fault in its {}: {} ({})", directory, name, message, String.valueOf(cause));
        LOG.debug("The fault", cause);
        action.run();
        return new IllegalStateException(name + ": " + message, cause);
    }

    private static String firstLine(Throwable e) {
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
