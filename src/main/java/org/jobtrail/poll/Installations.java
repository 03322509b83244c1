package org.jobtrail.poll;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.apache.camel.Variable;
import org.jobtrail.authenticate.AccessTokens;
import org.jobtrail.database.StatementParameters;
import org.jobtrail.veeam.ApiVersion;
import org.jobtrail.veeam.ServiceInstance;

/**
 * Sees to it that no two sources poll the same server: each of its jobs would be told of twice; and that no older version of the API is
 * spoken than before, unless it was found twice in a row: everything would look changed, and it may be a proxy's passing 404. Thread-safe.
 */
public final class Installations {

    private final AccessTokens accessTokens;

    public Installations(AccessTokens accessTokens) {
        this.accessTokens = accessTokens;
    }

    /** Asks which version was spoken before. */
    public void lastVersion(@Variable("attempt") Attempt attempt, Exchange exchange) {
        StatementParameters.set(exchange, Map.of("source", attempt.source().name()));
    }

    public void believe(
            @Variable("attempt") Attempt attempt,
            @Variable("apiVersion") ApiVersion version,
            @Variable("instance") ServiceInstance instance,
            @Body List<Map<String, Object>> rows) {
        attempt.answeredBy(version, instance);
        if (!attempt.source().findsVersion() || rows.isEmpty()) {
            return;
        }
        String spoken = (String) rows.get(0).get("spoken");
        if (spoken != null
                && version.isOlderThan(spoken)
                && !version.toString().equals(rows.get(0).get("doubted"))) {
            accessTokens.forget(attempt.source());
            throw new DoubtedVersionException(
                    "the server at %s was spoken to as %s and now says that it knows %s at most: believed if the next poll finds the same"
                            .formatted(attempt.source().url(), spoken, version));
        }
    }

    public void claim(
            @Variable("attempt") Attempt attempt, @Variable("instance") ServiceInstance instance, Exchange exchange) {
        var parameters = new HashMap<String, Object>();
        parameters.put("source", attempt.source().name());
        parameters.put("installation_id", instance.installationId());
        parameters.put("product_version", instance.productVersion());
        StatementParameters.set(exchange, parameters);
    }

    public void claimed(
            @Variable("attempt") Attempt attempt,
            @Variable("instance") ServiceInstance instance,
            @Body List<Map<String, Object>> rows) {
        for (Map<String, Object> row : rows) {
            attempt.trouble()
                    .replaced(
                            "installation %s answers, where it was %s: the server was replaced, or the URL leads to another"
                                    .formatted(instance.installationId(), row.get("previous_installation")));
        }
    }
}
