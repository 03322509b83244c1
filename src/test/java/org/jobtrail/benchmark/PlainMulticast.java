package org.jobtrail.benchmark;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.http.HttpComponent;
import org.apache.camel.component.kafka.KafkaConstants;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.model.dataformat.JsonLibrary;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.client5.http.ssl.DefaultClientTlsStrategy;

/**
 * What somebody would write with Camel in an afternoon: fetch the lists, split them, and send each job to a table and to a topic. It
 * remembers nothing, so that each poll costs the same; a crash between the two loses a job in one of them.
 */
final class PlainMulticast implements AutoCloseable {

    private static final int THREADS = 4;
    private static final String TABLE = "benchmark.multicast";

    private final ListServer source;
    private final Stage stage;
    private final HikariDataSource pool = new HikariDataSource();
    private final ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    private final DefaultCamelContext context = new DefaultCamelContext();
    private final ProducerTemplate template;

    PlainMulticast(ListServer source, Stage stage) throws Exception {
        this.source = source;
        this.stage = stage;
        execute("create table %s (organization_id text, job_id text, payload text, polled_at timestamptz)"
                .formatted(TABLE));
        pool.setJdbcUrl(stage.databaseUrl());
        pool.setUsername(stage.servers().database().migrationUsername());
        pool.setPassword(stage.servers().database().migrationPassword());
        pool.setMaximumPoolSize(THREADS);
        context.getRegistry().bind("plain", pool);
        context.getRegistry().bind("organizations", threads);
        context.getComponent("https", HttpComponent.class)
                .setClientConnectionManager(PoolingHttpClientConnectionManagerBuilder.create()
                        .setTlsSocketStrategy(new DefaultClientTlsStrategy(source.trust()))
                        .setMaxConnPerRoute(THREADS + 1)
                        .setMaxConnTotal(THREADS + 1)
                        .build());
        context.addRoutes(routes(stage.createTopic("multicast")));
        context.start();
        template = context.createProducerTemplate();
    }

    private RouteBuilder routes(String topic) {
        boolean paged = source.version().equals("v8");
        String elements = paged ? "${body[results]}" : "${body}";
        Class<?> list = paged ? Map.class : List.class;
        String page = "offset=0&limit=" + ListPaths.LIMIT;
        return new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:poll")
                        .setHeader("Authorization", constant("Bearer reader"))
                        .setHeader(Exchange.HTTP_METHOD, constant("GET"))
                        .setHeader(Exchange.HTTP_PATH, constant("/%s/Organizations".formatted(source.version())))
                        .setHeader(Exchange.HTTP_QUERY, constant(page))
                        .to(source.url())
                        .unmarshal()
                        .json(JsonLibrary.Jackson, list)
                        .split(simple(elements))
                        .parallelProcessing()
                        .executorService(threads)
                        .to("direct:organization");
                from("direct:organization")
                        .setProperty("organization", simple("${body[id]}"))
                        .removeHeaders("*")
                        .setHeader("Authorization", constant("Bearer reader"))
                        .setHeader(Exchange.HTTP_METHOD, constant("GET"))
                        .setHeader(
                                Exchange.HTTP_PATH,
                                simple(
                                        paged
                                                ? "/v8/Jobs"
                                                : "/%s/Organizations/${body[id]}/Jobs".formatted(source.version())))
                        .setHeader(Exchange.HTTP_QUERY, simple(paged ? "organizationId=${body[id]}&" + page : ""))
                        .setBody(simple("${null}"))
                        .to(source.url())
                        .unmarshal()
                        .json(JsonLibrary.Jackson, list)
                        .removeHeaders("*")
                        .split(simple(elements))
                        .setHeader("organization", exchangeProperty("organization"))
                        .setHeader("job", simple("${body[id]}"))
                        .marshal()
                        .json(JsonLibrary.Jackson)
                        .multicast()
                        .to("direct:history", "direct:event");
                from("direct:history")
                        .setHeader("payload", bodyAs(String.class))
                        .setBody(constant(
                                "insert into %s values (:?organization, :?job, :?payload, now())".formatted(TABLE)))
                        .to("jdbc:plain?useHeadersAsParameters=true");
                from("direct:event")
                        .setHeader(KafkaConstants.KEY, simple("${header.organization}/${header.job}"))
                        .to("kafka:%s?brokers=%s&compressionCodec=lz4&valueSerializer=%s"
                                .formatted(
                                        topic,
                                        stage.servers().bootstrapServers(),
                                        "org.apache.kafka.common.serialization.ByteArraySerializer"));
            }
        };
    }

    /** Seconds of a poll. */
    double poll() throws Exception {
        execute("truncate " + TABLE);
        long start = System.nanoTime();
        Exchange done = template.send("direct:poll", exchange -> {});
        if (done.getException() != null) {
            throw done.getException();
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        stage.requireRows(TABLE, source.population().size());
        return seconds;
    }

    private void execute(String sql) throws SQLException {
        try (var connection = stage.connect();
                var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @Override
    public void close() {
        context.stop();
        threads.shutdownNow();
        pool.close();
    }
}
