package org.jobtrail.fetch;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.apache.camel.component.http.HttpClientConfigurer;
import org.apache.hc.client5.http.classic.ExecChain;
import org.apache.hc.client5.http.classic.ExecChainHandler;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.core5.concurrent.Cancellable;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.io.entity.HttpEntityWrapper;

/**
 * Ends a request at the moment by which its whole list has to be read: a server that sends a byte a second never runs into a
 * read timeout. The moment is told in a header that does not leave the program. Thread-safe.
 */
public final class Deadline implements HttpClientConfigurer, ExecChainHandler, AutoCloseable {

    static final String HEADER = "Jobtrail-Deadline";

    private final ScheduledThreadPoolExecutor alarm = new ScheduledThreadPoolExecutor(1, task -> {
        var thread = new Thread(task, "deadline");
        thread.setDaemon(true);
        return thread;
    });
    private final Clock clock;
    private final Duration patience;

    public Deadline(Clock clock, Duration patience) {
        this.clock = clock;
        this.patience = patience;
        alarm.setRemoveOnCancelPolicy(true);
    }

    @Override
    public void configureHttpClient(HttpClientBuilder builder) {
        builder.addExecInterceptorFirst("deadline", this);
    }

    @Override
    public ClassicHttpResponse execute(ClassicHttpRequest request, ExecChain.Scope scope, ExecChain chain)
            throws IOException, HttpException {
        Header header = request.getFirstHeader(HEADER);
        request.removeHeaders(HEADER);
        long left = header == null
                ? patience.toMillis()
                : Duration.between(clock.instant(), Instant.parse(header.getValue()))
                        .toMillis();
        if (left <= 0) {
            throw new DeadlineException(patience);
        }
        Future<?> end = alarm.schedule(() -> abort(scope), left, TimeUnit.MILLISECONDS);
        try {
            ClassicHttpResponse response = chain.proceed(request, scope);
            if (response.getEntity() == null) {
                end.cancel(false);
            } else {
                response.setEntity(new Watched(response.getEntity(), end));
            }
            return response;
        } catch (IOException | HttpException | RuntimeException e) {
            end.cancel(false);
            throw e;
        }
    }

    private static void abort(ExecChain.Scope scope) {
        if (scope.originalRequest instanceof Cancellable request) {
            request.cancel();
        }
    }

    @Override
    public void close() {
        alarm.shutdownNow();
    }

    /** A body that calls the alarm off when it has been read. */
    private static final class Watched extends HttpEntityWrapper {

        private final Future<?> end;

        Watched(HttpEntity entity, Future<?> end) {
            super(entity);
            this.end = end;
        }

        @Override
        public InputStream getContent() throws IOException {
            return new FilterInputStream(super.getContent()) {
                @Override
                public void close() throws IOException {
                    end.cancel(false);
                    super.close();
                }
            };
        }
    }
}
