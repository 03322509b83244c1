package org.jobtrail.publish;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.HashMap;
import java.util.Map;
import org.jobtrail.kafka.Topics;
import org.jobtrail.text.JsonText;

/**
 * The states of organizations whose events are on the topic without them: job by job, as far as the events are; and none of jobs
 * that only the state topic still knows.
 */
final class MissingStates extends Publication {

    private String after;

    MissingStates(Topics.Identity identity) {
        super(identity);
    }

    @Override
    public String getStatement() {
        return "next_states";
    }

    @Override
    Map<String, Object> parameters() {
        var parameters = new HashMap<String, Object>();
        parameters.put("after", after);
        parameters.put("identity", identity().json());
        return parameters;
    }

    @Override
    boolean tellsEvents() {
        return false;
    }

    @Override
    boolean tellsStates() {
        return true;
    }

    @Override
    public void committed() {
        if (rows() > 0) {
            Map<String, Object> last = batch().get(rows() - 1);
            after = JsonText.of(JsonNodeFactory.instance
                    .objectNode()
                    .put("organization_id", (String) last.get("organization_id"))
                    .put("job_type", (String) last.get("job_type"))
                    .put("job_id", (String) last.get("job_id")));
        }
    }
}
