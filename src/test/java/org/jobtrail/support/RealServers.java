package org.jobtrail.support;

import java.util.EnumSet;
import org.jobtrail.embedded.EmbeddedKind;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives a test the real PostgreSQL and the real Kafka, as parameters of these types. Each is started when the first test asks
 * for it, shared by all, and stopped with its data after the last.
 */
public final class RealServers implements ParameterResolver {
    private static final Namespace SHARED = Namespace.create(RealServers.class);

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext test) {
        Class<?> type = parameter.getParameter().getType();
        return type == PostgresServer.class || type == KafkaServer.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext test) {
        Class<?> type = parameter.getParameter().getType();
        return test.getRoot().getStore(SHARED).getOrComputeIfAbsent(type, RealServers::start);
    }

    private static AutoCloseable start(Class<?> type) {
        return type == PostgresServer.class
                ? new PostgresServer(RunningServers.start(EnumSet.of(EmbeddedKind.DATABASE)))
                : new KafkaServer(RunningServers.start(EnumSet.of(EmbeddedKind.BROKER)));
    }
}
