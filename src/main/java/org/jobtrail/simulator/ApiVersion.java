package org.jobtrail.simulator;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** One version of the API: which paths it has, and in which shape it shows the world there. */
interface ApiVersion {
    /** The first segment of its paths, in lower case. */
    String name();

    /** What this version shows at a path (in lower case, without the version); empty where it has nothing. */
    Optional<Resource> resource(List<String> path);

    /** A failure in the words of this version. */
    Answer error(int status, String message, String errorCode);

    @FunctionalInterface
    interface Resource {
        Answer read(Request request, Instant now);
    }
}
