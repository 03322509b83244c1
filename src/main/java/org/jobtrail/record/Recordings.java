package org.jobtrail.record;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jobtrail.text.JsonText;
import org.jobtrail.transform.JobKey;
import org.jobtrail.transform.JobSnapshot;

/** The polls of organizations, of each one a portion, that are recorded by one statement. Used by one thread at a time. */
public final class Recordings {

    /** A job of one of the organizations. */
    record Job(String organizationId, JobKey key) {}

    private final List<Recording> all;

    Recordings(List<Recording> all) {
        this.all = all;
    }

    public boolean isSeveral() {
        return all.size() > 1;
    }

    /** Those of which something is still to be recorded. */
    public List<Recording> getOpen() {
        return all.stream().filter(Recording::isMore).toList();
    }

    List<Recording> all() {
        return all;
    }

    void begin() {
        all.forEach(Recording::begin);
    }

    public boolean needsSnapshots() {
        return all.stream().anyMatch(recording -> !recording.needed().isEmpty());
    }

    /** The jobs of which the last snapshot is needed, as the statement is given them that reads it. */
    Map<String, Object> needed() {
        var organizations = SentArray.ofTexts();
        var types = SentArray.ofTexts();
        var ids = SentArray.ofTexts();
        for (Recording recording : all) {
            for (JobKey key : recording.needed()) {
                organizations.add(recording.organization().id());
                types.add(key.type());
                ids.add(key.id());
            }
        }
        return Map.of("organization_ids", organizations, "job_types", types, "job_ids", ids);
    }

    void detect(Function<Job, JobSnapshot> before) {
        for (Recording recording : all) {
            String organization = recording.organization().id();
            recording.detect(key -> before.apply(new Job(organization, key)));
        }
    }

    /** What the statement is given that records them. */
    Map<String, Object> parameters(long attempt) {
        var columns = new ChangeColumns();
        all.forEach(recording -> columns.addAll(recording.changes().rows()));
        var parameters = new HashMap<String, Object>(columns.parameters());
        parameters.put("attempt", attempt);
        parameters.put("portions", array((recording, objects, out) -> {
            out.writeStartObject();
            recording.write(out);
            out.writeEndObject();
        }));
        parameters.put(
                "touched",
                array((recording, objects, out) -> recording.changes().writeTouched(objects, out)));
        parameters.put("rejected", array(Recording::writeRejected));
        return parameters;
    }

    private interface Section {
        void write(Recording recording, PollObjects objects, JsonGenerator out) throws IOException;
    }

    private String array(Section section) {
        return JsonText.of(out -> {
            out.writeStartArray();
            int poll = 0;
            for (Recording recording : all) {
                section.write(recording, new PollObjects(++poll), out);
            }
            out.writeEndArray();
        });
    }
}
