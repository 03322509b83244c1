package org.jobtrail.simulator;

import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** From a request to its answer, without HTTP. Another version of the API becomes known by one more line here. */
final class Api {
    private final Tokens tokens;
    private final Clock clock;
    private final Map<String, ApiVersion> versions;

    Api(World world, Tokens tokens, Clock clock) {
        this.tokens = tokens;
        this.clock = clock;
        this.versions = List.of(new VersionOne(world), new VersionEight(world)).stream()
                .collect(Collectors.toUnmodifiableMap(ApiVersion::name, Function.identity()));
    }

    Answer answer(Request request) {
        ApiVersion version = versions.get(request.version());
        if (version == null) {
            return Answer.message(404, "This server has no such version of the API.");
        }

        boolean token = request.path().equals(List.of("token"));
        if (!request.method().equals(token ? "POST" : "GET")) {
            return version.error(405, "The requested resource does not support this method.", "HttpError");
        }
        if (token) {
            return tokens.answer(request.form());
        }

        // Before the token is looked at: that is how a client finds out, without one, which versions there are.
        Optional<ApiVersion.Resource> resource = version.resource(request.path());
        if (resource.isEmpty()) {
            return version.error(404, "There is nothing at this address.", "ResourceNotFound");
        }
        if (request.bearerToken().filter(tokens::accept).isEmpty()) {
            return Answer.empty(401);
        }
        return resource.get().read(request, clock.instant());
    }
}
