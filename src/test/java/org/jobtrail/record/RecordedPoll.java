package org.jobtrail.record;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import org.jobtrail.support.RouteStatement;
import org.jobtrail.text.JsonText;
import org.jobtrail.veeam.Organization;

/** What one poll found of an organization's backup jobs, for tests that record without a server. */
record RecordedPoll(Organization organization, ClaimedPoll claimed, Changes changes) {

    private static final RouteStatement RECORD = new RouteStatement("record_polls");

    /** Records it by the statement that the routes run; tells where the history ends then. */
    long by(Connection writer, long attempt) throws SQLException {
        var columns = new ChangeColumns();
        columns.addAll(changes.rows());
        Map<String, Object> parameters = new HashMap<>(columns.parameters());
        parameters.put("attempt", attempt);
        parameters.put("portions", portions());
        parameters.put("touched", "[]");
        parameters.put("rejected", "[]");
        Map<String, Object> end = RECORD.run(writer, parameters).get(0);
        if ((Boolean) end.get("superseded")) {
            throw new IllegalStateException("somebody else polls organization " + organization.id());
        }
        return (Long) end.get("last_seq");
    }

    private String portions() {
        return JsonText.of(out -> {
            out.writeStartArray();
            out.writeStartObject();
            out.writeStringField("organization_id", organization.id());
            out.writeStringField("job_type", "backup");
            out.writeNumberField("claimed_poll", claimed.number());
            out.writeNumberField("after", claimed.after());
            out.writeStringField("api_version", "v8");
            out.writeNumberField("changes", changes.count());
            out.writeBooleanField("last", true);
            out.writeEndObject();
            out.writeEndArray();
        });
    }
}
