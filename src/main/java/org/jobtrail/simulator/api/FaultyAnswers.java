package org.jobtrail.simulator.api;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jobtrail.simulator.fault.Fault;
import org.jobtrail.simulator.fault.Faults;
import org.jobtrail.simulator.http.Answer;
import org.jobtrail.simulator.http.Delivery;
import org.jobtrail.simulator.http.Request;
import org.jobtrail.simulator.world.World;

/** The answers to data calls that are not what was asked for, because a fault was. */
final class FaultyAnswers {
    private static final String LOGIN_PAGE = "<!DOCTYPE html>\n<html><head><title>Sign in</title></head>"
            + "<body><form method=\"post\"><input name=\"user\"><input type=\"password\"></form></body></html>\n";

    private final World world;
    private final Faults faults;

    FaultyAnswers(World world, Faults faults) {
        this.world = world;
        this.faults = faults;
    }

    /** What comes in place of the data, if anything does. */
    Optional<Answer> instead(Request request, ApiVersion version) {
        if (faults.strikes(Fault.EMPTY_401)) {
            return Optional.of(Answer.empty(401));
        }
        if (faults.strikes(Fault.TOO_MANY_REQUESTS)) {
            return Optional.of(
                    version.error(429, "Too many requests.", "HttpError").with("Retry-After", "1"));
        }
        if (faults.strikes(Fault.SERVER_ERROR)) {
            return Optional.of(version.error(500, "An internal error occurred.", "HttpError"));
        }
        if (isForbidden(request)) {
            faults.happens(Fault.FORBIDDEN);
            return Optional.of(version.error(403, "Access is denied.", "ResourceAccessDenied"));
        }
        return faults.strikes(Fault.LOGIN_PAGE) ? Optional.of(Answer.html(LOGIN_PAGE)) : Optional.empty();
    }

    /** The data, in a bad manner if that was asked for. */
    Answer delivered(Answer data) {
        if (faults.strikes(Fault.CUT_BODY)) {
            return data.delivered(Delivery.CUT);
        }
        return faults.number(Fault.SLOW_BODY).stream()
                .mapToObj(pause -> data.delivered(Delivery.slow(Duration.ofMillis(pause))))
                .findFirst()
                .orElse(data);
    }

    private boolean isForbidden(Request request) {
        long number = faults.number(Fault.FORBIDDEN).orElse(0);
        return organizationOf(request)
                .flatMap(world::organization)
                .filter(organization -> organization.number() == number)
                .isPresent();
    }

    private static Optional<String> organizationOf(Request request) {
        List<String> path = request.path();
        return path.size() > 1 && path.get(0).equals("organizations")
                ? Optional.of(path.get(1))
                : Optional.ofNullable(request.query().get("organizationid"));
    }
}
