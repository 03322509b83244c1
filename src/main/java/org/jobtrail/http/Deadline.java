package org.jobtrail.http;

import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.apache.hc.client5.http.classic.ExecChain;
import org.apache.hc.client5.http.classic.ExecChainHandler;
import org.apache.hc.core5.concurrent.Cancellable;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpStatus;
import org.jobtrail.body.Body;

/**
 * Ends a request at the moment by which its whole list has to be read, the answer with it: a server that sends a byte a second never
 * runs into a read timeout. The moment, and whether it is a list, are told in headers that do not leave the program. Thread-safe.
 */
public final class Deadline implements ExecChainHandler, AutoCloseable {

    /** On a call, the moment as {@link #text} writes it. */
    public static final String HEADER = "Jobtrail-Deadline";

    /** On a call for a list. */
    public static final String LIST = "Jobtrail-List";

    private final ScheduledThreadPoolExecutor alarm = new ScheduledThreadPoolExecutor(1, task -> {
        var thread = new Thread(task, "deadline");
        thread.setDaemon(true);
        return thread;
    });
    private final Set<Timed> running = ConcurrentHashMap.newKeySet();
    private volatile boolean ending;
    private final Clock clock;
    private final Duration longest;
    private final LongSupplier largestList;

    /** @param largestList the most bytes that the answer with a list may hold when it is unpacked: asked for each, as it may change */
    public Deadline(Clock clock, Duration longest, LongSupplier largestList) {
        this.clock = clock;
        this.longest = longest;
        this.largestList = largestList;
        alarm.setRemoveOnCancelPolicy(true);
    }

    /** A moment as the header tells it. */
    public static String text(Instant moment) {
        return Long.toString(moment.toEpochMilli());
    }

    /** The moment that a header tells. */
    public static Instant moment(String text) {
        return Instant.ofEpochMilli(Long.parseLong(text));
    }

    @Override
    public ClassicHttpResponse execute(ClassicHttpRequest request, ExecChain.Scope scope, ExecChain chain)
            throws IOException, HttpException {
        Header header = request.getFirstHeader(HEADER);
        request.removeHeaders(HEADER);
        boolean list = request.containsHeader(LIST);
        request.removeHeaders(LIST);
        long left = header == null
                ? longest.toMillis()
                : Duration.between(clock.instant(), moment(header.getValue())).toMillis();
        if (left <= 0 || ending) {
            throw tooLate();
        }
        var timed = new Timed(scope);
        timed.end = alarm.schedule(timed::expire, left, TimeUnit.MILLISECONDS);
        running.add(timed);
        if (ending) {
            // Since it was asked: whoever ended all that were running may not have seen this one.
            timed.done();
            throw tooLate();
        }
        try {
            ClassicHttpResponse response = chain.proceed(request, scope);
            if (response.getEntity() == null) {
                timed.done();
            } else {
                HttpEntity answer = response.getEntity();
                response.setEntity(
                        new KeptAnswer(answer, new BodyReader(answer, largest(list, response), timed).read()));
            }
            return response;
        } catch (IOException | HttpException | RuntimeException e) {
            timed.done();
            if (timed.expired) {
                throw timed.failure(e);
            }
            throw e;
        }
    }

    /** What is no list is small. */
    private long largest(boolean list, ClassicHttpResponse response) {
        return list && response.getCode() < HttpStatus.SC_REDIRECTION
                ? largestList.getAsLong()
                : Math.min(largestList.getAsLong(), Body.IN_MEMORY);
    }

    /** Gives all requests, and those to come, so much longer: a program that is told to end cannot wait for a server that hangs. */
    public void endAfter(Duration delay) {
        alarm.schedule(
                () -> {
                    ending = true;
                    running.forEach(Timed::expire);
                },
                delay.toMillis(),
                TimeUnit.MILLISECONDS);
    }

    @Override
    public void close() {
        alarm.shutdownNow();
    }

    private DeadlineException tooLate() {
        return ending ? new DeadlineException() : new DeadlineException(longest);
    }

    /** A request while it runs, until its answer has been read. */
    final class Timed {

        private final ExecChain.Scope scope;
        private volatile Future<?> end;
        private volatile boolean expired;

        private Timed(ExecChain.Scope scope) {
            this.scope = scope;
        }

        private void expire() {
            expired = true;
            abort();
        }

        /** Closes the connection: whatever else the server sends is not waited for. */
        void abort() {
            if (scope.originalRequest instanceof Cancellable request) {
                request.cancel();
            }
        }

        void done() {
            running.remove(this);
            end.cancel(false);
        }

        /** What is wrong where the connection broke: the connection, or that we closed it. */
        IOException failure(Exception failure) {
            if (expired) {
                DeadlineException late = tooLate();
                late.initCause(failure);
                return late;
            }
            return failure instanceof IOException broken ? broken : new IOException(failure);
        }
    }
}
