package org.jobtrail.poll;

import java.util.Optional;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePropertyKey;
import org.apache.camel.http.base.HttpOperationFailedException;
import org.jobtrail.authenticate.LoginException;
import org.jobtrail.database.LostAnswer;
import org.jobtrail.database.RefusedWrite;
import org.jobtrail.failure.Reason;
import org.jobtrail.observe.RecordingHealth;
import org.jobtrail.poll.ListOutcome.Cause;
import org.jobtrail.settings.Settings.Source;
import org.jobtrail.veeam.JobType;
import org.jobtrail.veeam.Organization;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What routes do with an exception: the receipt will say what it ended, a list or the whole poll. */
public final class Failures {

    private static final Logger LOG = LoggerFactory.getLogger("jobtrail.poll");

    private final RecordingHealth recording;

    public Failures(RecordingHealth recording) {
        this.recording = recording;
    }

    public void note(Exchange exchange) {
        Exception failure = exchange.getProperty(ExchangePropertyKey.EXCEPTION_CAUGHT, Exception.class);
        var attempt = exchange.getVariable("attempt", Attempt.class);
        String reason = Reason.of(failure);
        LOG.debug("{}", reason, failure);
        String route = exchange.getProperty(ExchangePropertyKey.FAILURE_ROUTE_ID, String.class);
        if (RouteNames.WRITE_RECEIPT.equals(route)) {
            notRecorded(exchange, "an attempt leaves no receipt: " + reason, failure, recording::notReceived);
        } else if (attempt != null) {
            tell(attempt, exchange, reason, failure);
        } else if (route != null && RouteNames.isFrom(RouteNames.POLL_SHARE, route)) {
            notRecorded(exchange, "a share of a poll could not be taken: " + reason, failure, recording::notReceived);
        } else if (endsHere(exchange)) {
            notRecorded(exchange, "no attempt could be made: " + reason, failure, recording::notBegun);
        }
    }

    private static void tell(Attempt attempt, Exchange exchange, String reason, Exception failure) {
        var stage = exchange.getVariable("stage", Stage.BACKUP_JOBS, Stage.class);
        var organization = exchange.getVariable("organization", Organization.class);
        if (stage == Stage.ALL_JOBS) {
            LOG.warn(
                    "source {}: its list of all jobs could not be read, each organization is asked: {}",
                    attempt.source().name(),
                    reason);
        } else if (organization != null) {
            JobType jobType = stage == Stage.COPY_JOBS ? JobType.COPY : JobType.BACKUP;
            attempt.ended(ListOutcome.failed(organization.id(), jobType, reason, cause(failure)));
        } else if (stage == Stage.COPY_JOBS) {
            attempt.ended(ListOutcome.failed(null, JobType.COPY, reason));
        } else {
            attempt.trouble().failed(reason);
        }
    }

    private interface Note {
        void of(String source, String sentence, boolean noSpace);
    }

    /** No receipt will say it: the log does, and health. */
    private static void notRecorded(Exchange exchange, String sentence, Exception failure, Note note) {
        LOG.warn("{}{}", subject(exchange), sentence);
        source(exchange).ifPresent(source -> note.of(source, sentence, RefusedWrite.is(failure)));
    }

    /** The source, as a sentence begins with it; empty where it failed before the source was known. */
    private static String subject(Exchange exchange) {
        return source(exchange).map(source -> "source " + source + ": ").orElse("");
    }

    private static Optional<String> source(Exchange exchange) {
        return Optional.ofNullable(exchange.getVariable("source", Source.class)).map(Source::name);
    }

    private static Cause cause(Exception failure) {
        // A list that is refused with a good token fails by an exception of its own.
        Throwable answered = failure instanceof LoginException ? failure.getCause() : failure;
        return answered instanceof HttpOperationFailedException http
                ? switch (http.getStatusCode()) {
                    case 401, 403 -> Cause.ACCESS_LOST;
                    case 404 -> Cause.ORGANIZATION_GONE;
                    default -> null;
                }
                : null;
    }

    /** True where nobody knows whether an attempt has its receipt, or a share is taken, or where the statement had to give way. */
    public boolean maySendAgain(Exchange exchange) {
        String route = exchange.getUnitOfWork().getRoute().getRouteId();
        return (route.equals(RouteNames.WRITE_RECEIPT) || RouteNames.isFrom(RouteNames.POLL_SHARE, route))
                && LostAnswer.isOrGaveWay(exchange.getProperty(ExchangePropertyKey.EXCEPTION_CAUGHT, Exception.class));
    }

    /** A poll that failed ends with its receipt; anything else is its caller's to deal with. */
    public boolean endsHere(Exchange exchange) {
        String from = exchange.getFromRouteId();
        return from != null && (RouteNames.isPoll(from) || RouteNames.isFrom(RouteNames.TAKE_SHARES, from));
    }
}
