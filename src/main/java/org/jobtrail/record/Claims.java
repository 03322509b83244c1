package org.jobtrail.record;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.apache.camel.Variable;
import org.jobtrail.database.StatementParameters;
import org.jobtrail.fetch.JobList;
import org.jobtrail.poll.Attempt;
import org.jobtrail.poll.ListOutcome;
import org.jobtrail.text.Storable;
import org.jobtrail.veeam.JobType;
import org.jobtrail.veeam.Organization;

/** What the routes ask about claims: the right to record the next poll of an organization, and what was recorded last. Thread-safe. */
public final class Claims {

    private final Duration patience;
    private final LastPolls lastPolls;

    /** @param patience for how long a suspicion lives that no poll has seen */
    public Claims(Duration patience, LastPolls lastPolls) {
        this.patience = patience;
        this.lastPolls = lastPolls;
    }

    public Batch batch(@Body List<Organization> organizations) {
        return new Batch(organizations, System::nanoTime);
    }

    /** Asks for the claims of a batch of organizations at once. */
    public void claimAll(@Variable("attempt") Attempt attempt, @Variable("batch") Batch batch, Exchange exchange) {
        StatementParameters.set(
                exchange, Claim.request(attempt.source().name(), batch.getOrganizations(), JobType.BACKUP, patience));
    }

    /** Without those that somebody else holds locked: by itself, one of them waits longer, and costs nobody else. */
    public void allClaimed(@Variable("batch") Batch batch, @Body List<Map<String, Object>> rows) {
        var claims = new HashMap<String, Claim>();
        rows.stream()
                .filter(row -> row.get("claimed_poll") != null)
                .forEach(row -> claims.put((String) row.get("organization_id"), Claim.of(row)));
        batch.claimed(claims);
    }

    /** Takes the claim of one of the batch; none where it could not be had with the others: by itself, it is told why. */
    public void begin(
            @Variable("batch") Batch batch, @Variable("organization") Organization organization, Exchange exchange) {
        exchange.setVariable("claim", batch.begin(organization));
    }

    public void claim(
            @Variable("attempt") Attempt attempt,
            @Variable("organization") Organization organization,
            Exchange exchange) {
        var parameters = new HashMap<String, Object>();
        parameters.put("source", attempt.source().name());
        parameters.put("organization_id", organization.id());
        parameters.put("organization_name", organization.name() == null ? null : Storable.text(organization.name()));
        parameters.put("job_type", JobType.BACKUP.toString());
        parameters.put("patience", StatementParameters.interval(patience));
        StatementParameters.set(exchange, parameters);
    }

    public Claim claimed(@Body List<Map<String, Object>> rows) {
        return Claim.of(rows.get(0));
    }

    /** Ends the poll of a list that is the one that was recorded last, and tells whether it was. */
    public boolean endUnchanged(
            @Variable("attempt") Attempt attempt,
            @Variable("organization") Organization organization,
            @Variable("jobs") JobList jobs,
            @Variable("claim") Claim claim) {
        if (!claim.knows(jobs.contentDigest()) || !jobs.whole() || jobs.doubt().isPresent()) {
            return false;
        }
        Claim.LastList last = claim.lastList().orElseThrow();
        attempt.ended(ListOutcome.unchanged(organization.id(), jobs.type(), last.jobs(), last.digest()));
        if (jobs.type() == JobType.BACKUP) {
            lastPolls.keep(attempt.source().name(), organization, claim.number(), last);
        }
        return true;
    }
}
