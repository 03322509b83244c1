package org.jobtrail.authenticate;

import java.util.List;
import org.jobtrail.settings.Settings.Source;
import org.jobtrail.veeam.ApiVersion;

/** Which version of the API a source's server speaks: the one that the operator chose, or the newest that it knows. */
final class Versions {

    private final Source source;
    private final List<ApiVersion> candidates;
    private int candidate;
    private boolean found;
    private boolean kept;
    private ApiVersion spoken;

    Versions(Source source) {
        this.source = source;
        this.candidates = ApiVersion.candidates(source.apiVersion());
    }

    boolean auto() {
        return source.findsVersion();
    }

    /** A login that begins a poll: the server may have been upgraded since the last one. */
    void search() {
        candidate = 0;
        found = !auto();
        kept = false;
    }

    /** A login in the middle of a poll: its lists are of one version. */
    void keep() {
        candidate = candidates.indexOf(spoken);
        found = true;
        kept = true;
    }

    boolean found() {
        return found;
    }

    ApiVersion candidate() {
        return candidates.get(candidate);
    }

    /** Null before the first login. */
    ApiVersion spoken() {
        return spoken;
    }

    boolean asBefore() {
        return candidate() == spoken;
    }

    /** Takes the status of an anonymous call: a server that asks us to log in knows the version. */
    void answered(int status) {
        switch (status) {
            case 200, 401, 403 -> found = true;
            case 400, 404, 405 -> {
                candidate++;
                if (candidate == candidates.size()) {
                    // Servers older than v6 may not have what was asked for, or do not take the question: the token
                    // endpoint tells.
                    candidate = 0;
                    found = true;
                }
            }
            default ->
                throw new LoginException(
                        "which version of the API is spoken at %s cannot be told: GET %s was answered with status %d%s"
                                .formatted(
                                        source.url(),
                                        candidate().serviceInstancePath(),
                                        status,
                                        LoginProblem.hint(status)));
        }
    }

    /** Goes on to the next older version; false where there is none. */
    boolean tryOlder() {
        if (kept || candidate + 1 == candidates.size()) {
            return false;
        }
        candidate++;
        return true;
    }

    void loggedIn() {
        spoken = candidate();
    }
}
