package org.jobtrail.simulator.api;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jobtrail.simulator.http.Answer;
import org.jobtrail.simulator.http.Request;
import org.jobtrail.simulator.world.World;

/** What one version of the API has to read besides tokens, and at which paths. */
interface Lists {
    /** What stands at a path (in lower case, without the version); empty where this version has nothing. */
    Optional<Resource> resource(List<String> path);

    @FunctionalInterface
    interface Resource {
        Answer read(Request request, Instant now);
    }

    static Answer serviceInstance(ApiVersion version, World world) {
        return Answer.ok(json -> {
            json.writeStartObject();
            json.writeStringField("installationId", world.installationId().toString());
            json.writeStringField("version", version.product());
            json.writeEndObject();
        });
    }
}
