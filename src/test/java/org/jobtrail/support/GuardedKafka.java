package org.jobtrail.support;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.metadata.storage.Formatter;

/** A Kafka in a process of its own that grants an account nothing but what it is told to; who comes without one may do all. */
public final class GuardedKafka implements AutoCloseable {

    private static final String HOST = "127.0.0.1";
    private static final String LOGIN = "org.apache.kafka.common.security.plain.PlainLoginModule required ";

    private final Process process;
    private final String guarded;
    private final Admin administrator;

    private GuardedKafka(Process process, String guarded, Admin administrator) {
        this.process = process;
        this.guarded = guarded;
        this.administrator = administrator;
    }

    public static GuardedKafka start(Path directory) throws Exception {
        String log = directory.resolve("kafka").toString();
        new Formatter()
                .setPrintStream(new PrintStream(OutputStream.nullOutputStream()))
                .setNodeId(1)
                .setClusterId(Uuid.randomUuid().toString())
                .setControllerListenerName("CONTROLLER")
                .addDirectory(log)
                .setMetadataLogDirectory(log)
                .run();
        List<String> at = List.of(freeAddress(), freeAddress(), freeAddress());
        Path configuration = Files.writeString(
                directory.resolve("server.properties"), """
                process.roles=broker,controller
                node.id=1
                log.dirs=%s
                listeners=OPEN://%s,GUARDED://%s,CONTROLLER://%s
                listener.security.protocol.map=OPEN:PLAINTEXT,GUARDED:SASL_PLAINTEXT,CONTROLLER:PLAINTEXT
                controller.listener.names=CONTROLLER
                inter.broker.listener.name=OPEN
                controller.quorum.voters=1@%4$s
                sasl.enabled.mechanisms=PLAIN
                listener.name.guarded.plain.sasl.jaas.config=%susername="broker" password="broker" user_jobtrail="jobtrail";
                authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
                super.users=User:ANONYMOUS
                auto.create.topics.enable=false
                offsets.topic.replication.factor=1
                offsets.topic.num.partitions=1
                transaction.state.log.replication.factor=1
                transaction.state.log.min.isr=1
                transaction.state.log.num.partitions=1
                log.cleaner.dedupe.buffer.size=4194304
                """.formatted(log, at.get(0), at.get(1), at.get(2), LOGIN));
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "kafka.Kafka",
                        configuration.toString())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        var kafka = new GuardedKafka(process, at.get(1), Admin.create(Map.of("bootstrap.servers", at.get(0))));
        try {
            kafka.awaitAnswer();
        } catch (Throwable e) {
            kafka.close();
            throw e;
        }
        return kafka;
    }

    private void awaitAnswer() throws Exception {
        Await.until(Duration.ofMinutes(2), () -> "Kafka with an authorizer", () -> {
            try {
                return !administrator.describeCluster().nodes().get().isEmpty();
            } catch (ExecutionException e) {
                return !(e.getCause() instanceof KafkaException);
            }
        });
    }

    private static String freeAddress() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getByName(HOST))) {
            return HOST + ":" + socket.getLocalPort();
        }
    }

    /** With them, the program comes as the account. */
    public void describeTo(Properties settings) {
        settings.setProperty("kafka.bootstrap-servers", guarded);
        settings.setProperty("kafka.client.security.protocol", "SASL_PLAINTEXT");
        settings.setProperty("kafka.client.sasl.mechanism", "PLAIN");
        settings.setProperty("kafka.client.sasl.jaas.config", LOGIN + "username=\"jobtrail\" password=\"jobtrail\";");
    }

    public void grant(ResourceType type, String name, AclOperation... rights) throws Exception {
        administrator.createAcls(bindings(type, name, rights)).all().get();
    }

    public void revoke(ResourceType type, String name, AclOperation... rights) throws Exception {
        administrator
                .deleteAcls(bindings(type, name, rights).stream()
                        .map(AclBinding::toFilter)
                        .toList())
                .all()
                .get();
    }

    private static List<AclBinding> bindings(ResourceType type, String name, AclOperation... rights) {
        return List.of(rights).stream()
                .map(right -> new AclBinding(
                        new ResourcePattern(type, name, PatternType.LITERAL),
                        new AccessControlEntry("User:jobtrail", "*", right, AclPermissionType.ALLOW)))
                .toList();
    }

    @Override
    public void close() {
        administrator.close(Duration.ZERO);
        process.destroyForcibly().onExit().join();
    }
}
