package org.jobtrail.benchmark;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.client5.http.ssl.DefaultClientTlsStrategy;

/**
 * How long it takes on this machine to read the same lists and to cut them into tokens, with nothing else done: what no program that
 * polls can be faster than. With the client that Jobtrail has, and as many threads.
 */
final class ListFloors implements AutoCloseable {

    private static final int THREADS = 4;
    private static final int BATCH = 64_000_000;
    private static final JsonFactory JSON = new JsonFactory();

    private interface Reader {
        void read(InputStream body) throws IOException;
    }

    private interface Work {
        void run(int number) throws Exception;
    }

    private final ListServer server;
    private final CloseableHttpClient client;
    private final ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    private final ThreadLocal<byte[]> buffers = ThreadLocal.withInitial(() -> new byte[64_000]);

    ListFloors(ListServer server) throws Exception {
        this.server = server;
        this.client = HttpClients.custom()
                .setConnectionManager(PoolingHttpClientConnectionManagerBuilder.create()
                        .setTlsSocketStrategy(new DefaultClientTlsStrategy(server.trust()))
                        .setMaxConnPerRoute(THREADS)
                        .setMaxConnTotal(THREADS)
                        .build())
                .disableAutomaticRetries()
                .build();
    }

    /** Seconds; the bodies are thrown away. */
    double fetch() throws Exception {
        return fetch(body -> {
            byte[] buffer = buffers.get();
            while (body.read(buffer) >= 0) {
                // Nobody wants it.
            }
        });
    }

    /** Seconds; what has come is cut into tokens while the rest is on its way. */
    double fetchAndTokenise() throws Exception {
        return fetch(body -> tokens(JSON.createParser(body)));
    }

    /** Seconds; the bytes are in memory before, so many at a time as fit there. */
    double tokenise() throws Exception {
        double seconds = 0;
        var batch = new ArrayList<ListText>();
        long bytes = 0;
        Population population = server.population();
        for (int i = 0; i < population.organizations(); i++) {
            for (int offset = 0; offset < Math.max(1, population.jobs()); ) {
                ListText list = server.list(i, offset);
                batch.add(list);
                bytes += list.length();
                if (bytes > BATCH) {
                    seconds += tokenise(batch);
                    batch.clear();
                    bytes = 0;
                }
                offset = Math.max(offset + 1, list.to());
            }
        }
        return seconds + tokenise(batch);
    }

    private double tokenise(List<ListText> batch) throws Exception {
        byte[][] bodies = new byte[batch.size()][];
        inParallel(bodies.length, i -> {
            var body = new ByteArrayOutputStream((int) batch.get(i).length());
            batch.get(i).writeTo(body);
            bodies[i] = body.toByteArray();
        });
        long start = System.nanoTime();
        inParallel(bodies.length, i -> tokens(JSON.createParser(bodies[i])));
        return (System.nanoTime() - start) / 1e9;
    }

    private double fetch(Reader reader) throws Exception {
        List<String> paths = ListPaths.jobs(server);
        long start = System.nanoTime();
        for (int offset = 0; offset < server.population().organizations(); offset += ListPaths.LIMIT) {
            get(ListPaths.organizations(server.version(), offset), reader);
        }
        inParallel(paths.size(), i -> get(paths.get(i), reader));
        return (System.nanoTime() - start) / 1e9;
    }

    private void get(String path, Reader reader) throws IOException {
        var request = new HttpGet(server.url() + path);
        request.setHeader("Authorization", "Bearer reader");
        client.execute(request, response -> {
            if (response.getCode() != 200) {
                throw new IOException("%s answered %d".formatted(path, response.getCode()));
            }
            reader.read(response.getEntity().getContent());
            return null;
        });
    }

    private static void tokens(JsonParser json) throws IOException {
        try (json) {
            while (json.nextToken() != null) {
                // What it says does not matter.
            }
        }
    }

    private void inParallel(int count, Work work) throws Exception {
        var next = new AtomicInteger();
        var all = new ArrayList<Future<?>>();
        for (int thread = 0; thread < THREADS; thread++) {
            all.add(threads.submit(() -> {
                for (int i = next.getAndIncrement(); i < count; i = next.getAndIncrement()) {
                    work.run(i);
                }
                return null;
            }));
        }
        for (Future<?> one : all) {
            one.get();
        }
    }

    @Override
    public void close() throws IOException {
        threads.shutdownNow();
        client.close();
    }
}
