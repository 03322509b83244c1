package org.jobtrail.transform;

import java.util.Arrays;
import org.jobtrail.page.ListElement;

/** What the history knows of a job, by digest. */
public record KnownJob(
        String type, String id, byte[] digest, byte[] rawDigest, String apiVersion, boolean missing, int absentPolls) {

    public JobKey key() {
        return new JobKey(type, id);
    }

    /** This job with an equal id and an equal digest of its text that are in memory anyway. */
    KnownJob with(String sameId, byte[] sameRawDigest) {
        return id == sameId && rawDigest == sameRawDigest
                ? this
                : new KnownJob(type, sameId, digest, sameRawDigest, apiVersion, missing, absentPolls);
    }

    /** The same text, read with the same version of the API: nothing else has to be read of it. */
    boolean isUnchanged(ListElement listed, String version) {
        return !missing && Arrays.equals(rawDigest, listed.digest()) && apiVersion.equals(version);
    }

    /** True where a snapshot with this digest says something else, or something else than that the job is missing. */
    public boolean isChanged(byte[] snapshotDigest, String version) {
        return missing || !apiVersion.equals(version) || !Arrays.equals(digest, snapshotDigest);
    }
}
