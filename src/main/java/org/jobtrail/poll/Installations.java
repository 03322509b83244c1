package org.jobtrail.poll;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.apache.camel.Variable;
import org.jobtrail.database.StatementParameters;
import org.jobtrail.fetch.ApiVersion;
import org.jobtrail.fetch.ServiceInstance;

/** Sees to it that no two sources poll the same server: each of its jobs would be told of twice. Stateless. */
public final class Installations {

    public void claim(
            @Variable("attempt") Attempt attempt,
            @Variable("apiVersion") ApiVersion version,
            @Variable("instance") ServiceInstance instance,
            Exchange exchange) {
        attempt.answeredBy(version, instance);
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
            attempt.replaced(
                    "installation %s answers, where it was %s: the server was replaced, or the URL leads to another"
                            .formatted(instance.installationId(), row.get("previous_installation")));
        }
    }
}
