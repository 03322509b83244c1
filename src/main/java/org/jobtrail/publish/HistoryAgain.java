package org.jobtrail.publish;

import java.util.Map;
import org.jobtrail.kafka.Topics;

/** One organization's whole history, row by row, whether it is on a topic or not. */
public final class HistoryAgain extends Publication {

    private final String organizationId;
    private long after;
    private Cursor reached;

    /** @param reached where it stands on that topic; null where nothing of it is there */
    public HistoryAgain(Topics.Identity identity, String organizationId, Cursor reached) {
        super(identity);
        this.organizationId = organizationId;
        this.reached = reached;
        this.after = reached == null ? 0 : reached.seq();
    }

    /** Where it stands now; null where there is no row of it. */
    public Cursor reached() {
        return reached;
    }

    @Override
    public String getStatement() {
        return "rows_to_republish";
    }

    @Override
    Map<String, Object> parameters() {
        return Map.of("organization_id", organizationId, "after", after);
    }

    @Override
    boolean tellsEvents() {
        return true;
    }

    @Override
    boolean tellsStates() {
        return false;
    }

    @Override
    public void committed() {
        if (!cursors().isEmpty()) {
            reached = cursors().get(0);
            after = reached.seq();
        }
    }
}
