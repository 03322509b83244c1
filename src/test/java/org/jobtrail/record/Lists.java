package org.jobtrail.record;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jobtrail.fetch.ListElements;
import org.jobtrail.page.ListElement;
import org.jobtrail.transform.JobKey;
import org.jobtrail.transform.JobSnapshot;
import org.jobtrail.transform.JobSnapshots;
import org.jobtrail.transform.JobTransformation;
import org.jobtrail.transform.KnownRow;
import org.jobtrail.transform.Listing;
import org.jobtrail.transform.TransformedList;
import org.jobtrail.veeam.ApiVersion;
import org.jobtrail.veeam.Organization;

/** Job lists and what the history knew before them, made by the parts that make them in the program. */
final class Lists {

    static final Organization ORGANIZATION = new Organization("b2d9414d-c417-4a94-be3b-b38a3c2e8a7b", "contoso.com");
    private static final JobSnapshots SNAPSHOTS = new JobSnapshots(900_000);

    private final List<Map<String, Object>> known = new ArrayList<>();
    private final Map<JobKey, JobSnapshot> before = new LinkedHashMap<>();

    static JobKey key(String id) {
        return new JobKey("backup", id);
    }

    static JobSnapshot snapshot(String text) {
        return SNAPSHOTS.snapshot(ListElements.of(text), ORGANIZATION);
    }

    static String job(String id, String status) {
        return "{\"id\":\"%s\",\"name\":\"Job %s\",\"lastStatus\":\"%s\"}".formatted(id, id, status);
    }

    static Claim claim(Optional<String> suspectDigest, Optional<Instant> suspectSince) {
        return new Claim(
                7,
                "2026-11-23T10:00:00.000000Z",
                5,
                false,
                suspectDigest,
                suspectSince,
                Optional.empty(),
                Optional.empty());
    }

    /** Of an organization's first poll. */
    static Claim firstClaim() {
        return new Claim(
                1,
                "2026-11-23T10:00:00.000000Z",
                0,
                true,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    static Claim claim() {
        return claim(Optional.empty(), Optional.empty());
    }

    Lists known(String text) {
        return known(text, ApiVersion.V8, false, 0);
    }

    Lists known(String text, ApiVersion version, boolean missing, int absentPolls) {
        ListElement raw = ListElements.of(text);
        JobSnapshot snapshot = SNAPSHOTS.snapshot(raw, ORGANIZATION);
        known.add(KnownRow.of(snapshot.id(), snapshot.digest(), raw.digest(), version, missing, absentPolls));
        before.put(key(snapshot.id()), snapshot);
        return this;
    }

    Lists knownJobs(int count) {
        for (int i = 0; i < count; i++) {
            known(job("j" + i, "Success"));
        }
        return this;
    }

    /** What was last recorded of the jobs, as it comes back from the database. */
    Map<JobKey, JobSnapshot> before() {
        before.replaceAll((key, snapshot) -> JobSnapshot.parse(snapshot.json()));
        return before;
    }

    Listing listed(String... elements) {
        return listed(ApiVersion.V8, elements);
    }

    Listing listedJobs(int from, int to) {
        String[] jobs = new String[to - from];
        for (int i = from; i < to; i++) {
            jobs[i - from] = job("j" + i, "Success");
        }
        return listed(jobs);
    }

    Listing listed(ApiVersion version, String... elements) {
        var transformation = new JobTransformation(SNAPSHOTS);
        Listing listing = transformation.start(ORGANIZATION, ListElements.of(ORGANIZATION, version, elements));
        transformation.know(listing, known);
        return TransformedList.of(transformation, listing, ORGANIZATION);
    }
}
