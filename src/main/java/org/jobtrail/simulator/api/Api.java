package org.jobtrail.simulator.api;

import java.time.Clock;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jobtrail.simulator.fault.Faults;
import org.jobtrail.simulator.http.Answer;
import org.jobtrail.simulator.http.Request;
import org.jobtrail.simulator.world.World;

/** From a request to its answer, without HTTP. */
public final class Api {
    private final Tokens tokens;
    private final Clock clock;
    private final FaultyAnswers faultyAnswers;
    private final Map<ApiVersion, Lists> served = new EnumMap<>(ApiVersion.class);

    public Api(World world, Set<ApiVersion> versions, Tokens tokens, Clock clock, Faults faults) {
        this.tokens = tokens;
        this.clock = clock;
        this.faultyAnswers = new FaultyAnswers(world, faults);
        Moments moments = new Moments(faults::clockSkew);
        Paging paging = new Paging(faults);
        for (ApiVersion version : versions) {
            served.put(
                    version,
                    version == ApiVersion.V8
                            ? new PagedLists(world, moments, paging)
                            : new ArrayLists(version, world, moments));
        }
    }

    public Answer answer(Request request) {
        ApiVersion version = ApiVersion.of(request.version()).orElse(null);
        if (version == null || !served.containsKey(version)) {
            return Answer.message(404, "This server has no such version of the API.");
        }

        boolean token = request.path().equals(List.of("token"));
        if (!request.method().equals(token ? "POST" : "GET")) {
            return version.error(405, "The requested resource does not support this method.", "HttpError");
        }
        if (token) {
            return tokens.answer(request.form(), version);
        }

        // Before the token is looked at: that is how a client finds out, without one, which versions there are.
        Optional<Lists.Resource> resource = served.get(version).resource(request.path());
        if (resource.isEmpty()) {
            return version.error(404, "There is nothing at this address.", "ResourceNotFound");
        }
        if (!tokens.accept(request, version)) {
            return Answer.empty(401);
        }
        return faultyAnswers
                .instead(request, version)
                .orElseGet(() -> faultyAnswers.delivered(resource.get().read(request, clock.instant())));
    }
}
