package org.jobtrail.record;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jobtrail.settings.Settings.Absence;
import org.jobtrail.transform.JobKey;
import org.jobtrail.transform.JobSnapshot;
import org.jobtrail.transform.Listing;
import org.jobtrail.veeam.ApiVersion;
import org.junit.jupiter.api.Test;

class ChangeDetectionTest {
    private static final Absence ABSENCE = new Absence(3, Duration.ofHours(24));
    private static final String A = Lists.job("a", "Success");
    private static final String FAILED_A = Lists.job("a", "Failed");
    private static final String B = Lists.job("b", "Success");
    private static final String FAILED_B = Lists.job("b", "Failed");

    @Test
    void aJobThatNobodyKnewIsCreated() throws IOException {
        Result result = detect(new Lists(), new Lists().listed(A, B));

        assertThat(result.rows()).containsExactly("a created []", "b created []");
        assertThat(result.states()).containsExactly("a present 1", "b present 2");
        assertThat(result.touched()).isEmpty();
    }

    @Test
    void aJobThatIsAsItWasLeavesNoTrace() throws IOException {
        var lists = new Lists().known(A);

        Result result = detect(lists, lists.listed(A));

        assertThat(result.rows()).isEmpty();
        assertThat(result.states()).isEmpty();
        assertThat(result.touched()).isEmpty();
    }

    @Test
    void aJobThatIsOnlySpelledDifferentlyIsRememberedByItsNewText() throws IOException {
        var lists = new Lists().known(A);

        Result result = detect(lists, lists.listed(A.replace("{", "{\"other\":2,")));

        assertThat(result.rows()).isEmpty();
        assertThat(result.touched()).containsExactly("a 0 respelled");
    }

    @Test
    void anotherOrderWithinAFieldThatNobodyKnowsIsAnotherSpelling() throws IOException {
        var lists =
                new Lists().known(A.replace("\"Success\"", "{\"x\":1,\"y\":2}")).known(B);

        Result result = detect(lists, lists.listed(A.replace("\"Success\"", "{\"y\":2,\"x\":1}"), FAILED_B));

        assertThat(result.rows()).containsExactly("b status-changed [lastStatus]");
        assertThat(result.states()).containsExactly("b present 1");
        assertThat(result.touched()).containsExactly("a 0 respelled");
    }

    @Test
    void aChangeIsTold() throws IOException {
        var lists = new Lists().known(A).known(B);

        Result result = detect(lists, lists.listed(FAILED_A, B));

        assertThat(result.rows()).containsExactly("a status-changed [lastStatus]");
        assertThat(result.states()).containsExactly("a present 1");
    }

    @Test
    void everyKindOfOneJobIsARowAndItsStateIsOfTheLast() throws IOException {
        var lists = new Lists().known(A);

        Result result = detect(lists, lists.listed(FAILED_A.replace("Job a", "Job A"), B));

        assertThat(result.rows())
                .containsExactly("a configuration-changed [name]", "a status-changed [lastStatus]", "b created []");
        assertThat(result.states()).containsExactly("a present 2", "b present 3");
    }

    @Test
    void aJobIsMissingAfterAsManyCompletePollsWithoutItAsTheOperatorSaid() throws IOException {
        var first = new Lists().known(A).known(B, ApiVersion.V8, false, 0);
        assertThat(detect(first, first.listed(A)).touched()).containsExactly("b 1 -");

        var second = new Lists().known(A).known(B, ApiVersion.V8, false, 1);
        Result result = detect(second, second.listed(A));
        assertThat(result.touched()).containsExactly("b 2 -");
        assertThat(result.rows()).isEmpty();

        var third = new Lists().known(A).known(B, ApiVersion.V8, false, 2);
        result = detect(third, third.listed(A));
        assertThat(result.rows()).containsExactly("b missing []");
        assertThat(result.states()).containsExactly("b missing 1");
        assertThat(result.touched()).isEmpty();
    }

    @Test
    void aJobThatIsMissingAlreadyIsNotToldAgain() throws IOException {
        var lists = new Lists().known(A).known(B, ApiVersion.V8, true, 3);

        Result result = detect(lists, lists.listed(A));

        assertThat(result.rows()).isEmpty();
        assertThat(result.touched()).isEmpty();
    }

    @Test
    void aJobThatComesBackInTimeWasNeverMissing() throws IOException {
        var lists = new Lists().known(A, ApiVersion.V8, false, 2);

        assertThat(detect(lists, lists.listed(A)).touched()).containsExactly("a 0 -");
        assertThat(detect(lists, lists.listed(A)).rows()).isEmpty();
    }

    @Test
    void aMissingJobThatIsListedAgainReappearedWithWhatChangedMeanwhile() throws IOException {
        var lists = new Lists().known(A, ApiVersion.V8, true, 3);

        assertThat(detect(lists, lists.listed(A)).rows()).containsExactly("a reappeared []");
        Result result = detect(lists, lists.listed(FAILED_A));
        assertThat(result.rows()).containsExactly("a reappeared []", "a status-changed [lastStatus]");
        assertThat(result.states()).containsExactly("a present 2");
    }

    @Test
    void anotherVersionOfTheApiIsABaselineAndNoChange() throws IOException {
        var lists = new Lists().known(A, ApiVersion.V7, false, 0);

        assertThat(detect(lists, lists.listed(A)).rows()).containsExactly("a rebaselined []");
        assertThat(detect(lists, lists.listed(FAILED_A)).rows())
                .containsExactly("a status-changed [lastStatus]", "a rebaselined []");

        var missing = new Lists().known(A, ApiVersion.V7, true, 3);
        assertThat(detect(missing, missing.listed(A)).rows()).containsExactly("a reappeared []", "a rebaselined []");
    }

    @Test
    void ofTwoElementsThatDisagreeNeitherIsBelievedAndTheOthersCount() throws IOException {
        var lists = new Lists().known(A);

        Result result = detect(lists, lists.listed(FAILED_A, B, A));

        assertThat(result.rows()).containsExactly("b created []");
        assertThat(result.touched()).isEmpty();
    }

    @Test
    void fromAPartialListPresenceCountsAndAbsenceDoesNot() throws IOException {
        var lists = new Lists().known(A).known(B, ApiVersion.V8, false, 2);

        Result result = detect(lists, lists.listed(FAILED_A, "{}"));

        assertThat(result.rows()).containsExactly("a status-changed [lastStatus]");
        assertThat(result.touched()).isEmpty();
    }

    @Test
    void aJobOfWhichTheListSaysNothingClearIsThereAllTheSame() throws IOException {
        for (String[] unclear : new String[][] {
            {FAILED_A, A},
            {A, FAILED_A},
            {FAILED_A, FAILED_A.replace("Job a", "Job A")},
            {A.replace("}", ",\"id\":\"a\"}")}
        }) {
            var lists = new Lists().known(A, ApiVersion.V8, false, 2).known(B);

            Result result = detect(
                    lists,
                    lists.listed(Stream.concat(Stream.of(B), Stream.of(unclear)).toArray(String[]::new)));

            assertThat(result.rows()).isEmpty();
            assertThat(result.touched()).as(String.join(" ", unclear)).containsExactly("a 0 -");
        }

        var missing = new Lists().known(A, ApiVersion.V8, true, 3).known(B);
        assertThat(detect(missing, missing.listed(B, FAILED_A, A)).touched()).isEmpty();
    }

    @Test
    void theLastSnapshotIsAskedForOnlyWhereItIsNeeded() {
        var lists = new Lists().known(A).known(B, ApiVersion.V8, false, 2).known(Lists.job("c", "Success"));
        Listing listing = lists.listed(FAILED_A, Lists.job("c", "Success"), Lists.job("d", "Success"));

        var detection = new ChangeDetection(listing, Verdict.COMPLETE, ABSENCE);

        assertThat(detection.portions(List.of()).next().needed()).containsExactly(Lists.key("a"), Lists.key("b"));
    }

    @Test
    void aSuspectListChangesNothing() {
        var lists = new Lists().knownJobs(10);
        var recording = new Recording("east", lists.listed(B), Lists.claim(), ABSENCE);

        var recordings = new Recordings(List.of(recording));
        recordings.begin();
        recordings.detect(job -> lists.before().get(job.key()));

        assertThat(recordings.needsSnapshots()).isFalse();
        assertThat(recordings.parameters(1))
                .containsEntry("payloads", SentArray.ofTexts())
                .containsEntry("digests", SentArray.ofBytes())
                .containsEntry("touched", "[]")
                .extractingByKey("portions")
                .asString()
                .contains("\"suspect_digest\":\"" + lists.listed(B).digest() + "\"");
        assertThat(recording.outcome(false).reason()).startsWith("10 of 10 known jobs are not in a list of 1");
    }

    private record Result(List<String> rows, List<String> states, List<String> touched) {}

    private static Result detect(Lists lists, Listing listing) throws IOException {
        var before = new java.util.HashMap<JobKey, JobSnapshot>(lists.before());
        var detection = new ChangeDetection(listing, Verdict.of(listing, Lists.claim(), ABSENCE), ABSENCE);
        Portion portion = detection.portions(listing.rejected()).next();
        before.keySet().retainAll(portion.needed());
        var changes = new Changes("east", Lists.ORGANIZATION, Lists.claim(), listing.apiVersion());

        detection.tell(portion, before::get, changes);

        var rows = new ArrayList<String>();
        var states = new ArrayList<String>();
        for (Change row : changes.rows()) {
            rows.add("%s %s %s"
                    .formatted(row.key().id(), row.kind().change(), row.kind().changedFields()));
            if (row.state() != Change.State.NONE) {
                String presence = row.kind().change() == ChangeKind.MISSING ? "missing" : "present";
                states.add("%s %s %d".formatted(row.key().id(), presence, rows.size()));
            }
        }
        var touched = new ArrayList<String>();
        for (JsonNode touch : new ObjectMapper().readTree(PollObjects.array(changes::writeTouched))) {
            touched.add("%s %s %s"
                    .formatted(
                            id(touch),
                            touch.get("absent_polls"),
                            touch.get("raw_digest").isNull() ? "-" : "respelled"));
        }
        assertThat(changes.count()).isEqualTo(rows.size());
        assertThat(changes.counts().values().stream()
                        .mapToInt(Integer::intValue)
                        .sum())
                .isEqualTo(rows.size());
        return new Result(rows, states, touched);
    }

    private static String id(JsonNode node) {
        return node.get("job_id").textValue();
    }
}
