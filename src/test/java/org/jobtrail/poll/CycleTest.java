package org.jobtrail.poll;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.jobtrail.poll.ListOutcome.Status;
import org.jobtrail.support.TestSource;
import org.jobtrail.veeam.ApiVersion;
import org.jobtrail.veeam.JobType;
import org.jobtrail.veeam.Organization;
import org.junit.jupiter.api.Test;

class CycleTest {

    @Test
    void aQuietCycleIsAShortLineOfItsSource() {
        Summary summary = Summary.of(cycle(attempt("east", complete("1", 5))));

        assertThat(summary.text()).isEqualTo("polled source east, 1 organization, 5 jobs: no change in 0.3 s");
        assertThat(summary.reachedAllSources()).isTrue();
    }

    @Test
    void changesAreCountedByKindOverAllSources() {
        Attempt east = attempt("east", complete("1", 5), complete("2", 1));
        east.appended(Map.of("created", 2));
        east.appended(Map.of("disabled", 1));
        Attempt west = attempt("west", complete("3", 0));
        west.appended(Map.of("created", 1));

        Summary summary = Summary.of(List.of(cycle(east), cycle(west)));

        assertThat(summary.text())
                .isEqualTo("polled 2 sources, 3 organizations, 6 jobs: 4 changes (3 created, 1 disabled) in 0.3 s");
    }

    @Test
    void whatWasNotReadIsInTheLine() {
        Attempt failed = attempt("west");
        failed.trouble().failed("no connection");

        Summary summary = Summary.of(List.of(
                cycle(attempt("east", complete("1", 5), ListOutcome.failed("2", JobType.BACKUP, "no answer"))),
                cycle(failed),
                new Cycle("north", 0)));

        assertThat(summary.text()).contains(": no change, 2 sources FAILED, 1 organization not complete in ");
        assertThat(summary.reachedAllSources()).isFalse();
    }

    @Test
    void aListOfCopyJobsThatCouldNotBeReadIsInTheLineAndNoOrganization() {
        Attempt attempt = attempt("east", complete("1", 5));
        attempt.ended(ListOutcome.failed(null, JobType.COPY, "no answer"));

        assertThat(Summary.of(List.of(cycle(attempt))).text())
                .contains("5 jobs: no change, copy jobs of 1 source not complete in ");
        assertThat(attempt.status()).isEqualTo(Status.PARTIAL);
        assertThat(attempt.reason()).isEqualTo("copy jobs: FAILED, no answer");
    }

    @Test
    void aListOfOrganizationsThatMayLackSomeIsInTheLine() {
        Attempt attempt = attempt("east", complete("1", 5));
        attempt.trouble().doubt("the list changed while it was read");

        assertThat(Summary.of(List.of(cycle(attempt))).text())
                .contains("5 jobs: no change, list of organizations of 1 source in doubt in ");
        assertThat(attempt.status()).isEqualTo(Status.PARTIAL);
    }

    @Test
    void anOrganizationIsCompleteWhereAllItsListsAreAndIsCountedOnce() {
        Attempt attempt = attempt("east", complete("1", 5), complete("2", 1));
        attempt.ended(new ListOutcome("1", JobType.COPY, Status.COMPLETE, null, 1, 0, "d"));
        attempt.ended(new ListOutcome("2", JobType.COPY, Status.SUSPECT, "1 of 9", 8, 0, "d"));

        assertThat(attempt.outcomes().organizationStatuses())
                .containsExactly(Map.entry("1", Status.COMPLETE), Map.entry("2", Status.SUSPECT));
        assertThat(attempt.outcomes().organizationsNotComplete()).isEqualTo(1);
        assertThat(attempt.reason())
                .isEqualTo("1 of 2 organizations not complete, among them organization 2, copy jobs: SUSPECT, 1 of 9");
        assertThat(attempt.outcomes().jobs()).isEqualTo(15);
    }

    @Test
    void anOrganizationThatIsNotListedAnyMoreWasNotPolled() {
        Attempt attempt = attempt("east", complete("1", 5));
        attempt.gone("2");
        attempt.gone("3");

        assertThat(attempt.outcomes().organizationStatuses()).containsExactly(Map.entry("1", Status.COMPLETE));
        assertThat(attempt.reason())
                .isEqualTo(
                        "2 not listed any more, among them organization 2: FAILED, the server does not list it any more");
        assertThat(Summary.of(List.of(cycle(attempt))).text())
                .contains("1 organization, 5 jobs: no change, 2 organizations not listed any more in ");
    }

    @Test
    void aDoubtOfTheWholeListIsToldOnceAndNotOfEachOrganization() {
        Attempt attempt = attempt("east", complete("1", 5));
        attempt.ended(ListOutcome.partialCopyJobs("a stray one", 2));
        attempt.ended(new ListOutcome("1", JobType.COPY, Status.PARTIAL, null, 1, 0, "d"));

        assertThat(attempt.outcomes().notComplete())
                .extracting(ListOutcome::text)
                .containsExactly("copy jobs: PARTIAL, a stray one");
        assertThat(attempt.outcomes().rejected()).isEqualTo(2);
    }

    @Test
    void copyJobsThatNobodyToldTheEndOfAreNotComplete() {
        Attempt attempt = attempt("east", complete("1", 5));
        attempt.due(new Organization("1", null), JobType.COPY);

        assertThat(attempt.outcomes().notComplete())
                .extracting(ListOutcome::text)
                .containsExactly("organization 1, copy jobs: FAILED, its poll broke off");
    }

    @Test
    void anOrganizationThatCouldNotBeReadDoesNotMeanThatItsSourceWasNotReached() {
        Cycle cycle = cycle(attempt("east", ListOutcome.failed("1", JobType.BACKUP, "no answer"), complete("2", 5)));

        assertThat(cycle.reached()).isTrue();
    }

    @Test
    void aSourceOfWhichNothingCouldBeReadWasNotReached() {
        assertThat(cycle(attempt("east", ListOutcome.failed("1", JobType.BACKUP, "no answer")))
                        .reached())
                .isFalse();
    }

    @Test
    void theLineIsTheSameInEveryLanguage() {
        Cycle cycle = cycle(attempt("east"));
        Locale before = Locale.getDefault();
        try {
            Locale.setDefault(Locale.forLanguageTag("ar-u-nu-arab"));
            assertThat(Summary.of(cycle).text()).endsWith("no change in 0.3 s");
            Locale.setDefault(Locale.GERMANY);
            assertThat(Summary.of(cycle).text()).endsWith("no change in 0.3 s");
        } finally {
            Locale.setDefault(before);
        }
    }

    @Test
    void theReceiptOfACompletePollSaysWhatWasRead() throws Exception {
        Attempt attempt = attempt("east", complete("1", 5), complete("2", 1));
        attempt.appended(Map.of("created", 2));

        JsonNode receipt = receipt(attempt);

        assertThat(receipt.get("source").textValue()).isEqualTo("east");
        assertThat(receipt.get("attempt").longValue()).isEqualTo(17);
        assertThat(receipt.get("started_at").textValue()).isEqualTo("2026-11-23T10:00:00.000000Z");
        assertThat(receipt.get("outcome").textValue()).isEqualTo("COMPLETE");
        assertThat(receipt.get("reason").isNull()).isTrue();
        assertThat(receipt.get("period").textValue()).isEqualTo("60000 milliseconds");
        assertThat(receipt.get("api_version").textValue()).isEqualTo("v8");
        assertThat(receipt.get("program_version").textValue()).isEqualTo("1.2.3");
        assertThat(receipt.get("organizations").intValue()).isEqualTo(2);
        assertThat(receipt.get("jobs").intValue()).isEqualTo(6);
        assertThat(receipt.get("changes").intValue()).isEqualTo(2);
        assertThat(receipt.get("rejected").intValue()).isZero();
        assertThat(receipt.get("not_complete").textValue()).isEqualTo("[]");
        assertThat(receipt.get("organization_ids").toString()).isEqualTo("[\"1\",\"2\"]");
        assertThat(receipt.get("lists_digest").textValue()).matches("\\\\x[0-9a-f]{64}");
    }

    @Test
    void theReceiptOfAPartlyReadSourceSaysOfWhomAndWhy() throws Exception {
        JsonNode receipt = receipt(attempt(
                "east",
                ListOutcome.failed("2", JobType.BACKUP, "no\u0000answer\ud800"),
                new ListOutcome("1", JobType.BACKUP, Status.SUSPECT, "1 of 9", 1, 0, "d1")));

        assertThat(receipt.get("outcome").textValue()).isEqualTo("PARTIAL");
        assertThat(receipt.get("not_complete").textValue())
                .isEqualTo(
                        "[{\"organizationId\":\"1\",\"jobType\":\"backup\",\"outcome\":\"SUSPECT\",\"reason\":\"1 of 9\"},"
                                + "{\"organizationId\":\"2\",\"jobType\":\"backup\",\"outcome\":\"FAILED\",\"reason\":\"no\uFFFDanswer\uFFFD\"}]");
    }

    @Test
    void theReceiptSaysOfWhichListAndNamesNoOrganizationWhereItIsTheWholeSources() throws Exception {
        Attempt attempt = attempt("east", complete("1", 5));
        attempt.ended(ListOutcome.failed(null, JobType.COPY, "no answer"));
        attempt.ended(ListOutcome.failed("1", JobType.COPY, "broken"));

        assertThat(receipt(attempt).get("not_complete").textValue())
                .isEqualTo(
                        "[{\"organizationId\":\"1\",\"jobType\":\"copy\",\"outcome\":\"FAILED\",\"reason\":\"broken\"},"
                                + "{\"jobType\":\"copy\",\"outcome\":\"FAILED\",\"reason\":\"no answer\"}]");
    }

    @Test
    void theDigestOfAReceiptIsAlsoOfTheCopyJobsThatStandInAList() throws Exception {
        Attempt without = attempt("east", complete("1", 5));
        Attempt empty = attempt("east", complete("1", 5));
        empty.ended(new ListOutcome("1", JobType.COPY, Status.COMPLETE, null, 0, 0, "d0"));
        Attempt one = attempt("east", complete("1", 5));
        one.ended(new ListOutcome("1", JobType.COPY, Status.COMPLETE, null, 1, 0, "d1"));

        assertThat(receipt(empty).get("lists_digest"))
                .isEqualTo(receipt(without).get("lists_digest"));
        assertThat(receipt(one).get("lists_digest"))
                .isNotEqualTo(receipt(without).get("lists_digest"));
    }

    @Test
    void theReceiptOfASourceThatWasNotReachedSaysWhyAndListsNobody() throws Exception {
        Attempt attempt = new Attempt(TestSource.named("east").settings(), 17, "2026-11-23T10:00:00.000000Z", 0);
        attempt.trouble().failed("no connection");

        JsonNode receipt = receipt(attempt);

        assertThat(receipt.get("outcome").textValue()).isEqualTo("FAILED");
        assertThat(receipt.get("reason").textValue()).isEqualTo("no connection");
        assertThat(receipt.get("api_version").isNull()).isTrue();
        assertThat(receipt.has("organization_ids")).isFalse();
        assertThat(receipt.has("lists_digest")).isFalse();
    }

    @Test
    void anOrganizationWithoutAnOutcomeMakesAReceiptPartial() throws Exception {
        Attempt attempt = attempt("east", complete("1", 5));
        attempt.listed(List.of(new Organization("1", null), new Organization("2", null)), ApiVersion.V8);

        assertThat(receipt(attempt).get("outcome").textValue()).isEqualTo("PARTIAL");
    }

    @Test
    void theDigestOfAReceiptDoesNotDependOnWhichOrganizationWasReadFirst() throws Exception {
        ListOutcome one = complete("1", 5);
        ListOutcome two = complete("2", 1);

        assertThat(receipt(attempt("east", one, two)).get("lists_digest"))
                .isEqualTo(receipt(attempt("east", two, one)).get("lists_digest"))
                .isNotEqualTo(receipt(attempt("east", one)).get("lists_digest"));
    }

    private static Cycle cycle(Attempt attempt) {
        var cycle = new Cycle(attempt.source().name(), 0);
        cycle.begun(attempt);
        cycle.ended(340_000_000);
        return cycle;
    }

    private static JsonNode receipt(Attempt attempt) throws Exception {
        return new ObjectMapper().readTree(Receipt.json(attempt, Duration.ofMinutes(1), "1.2.3"));
    }

    private static ListOutcome complete(String id, int jobs) {
        return new ListOutcome(id, JobType.BACKUP, Status.COMPLETE, null, jobs, 0, "digest-" + id);
    }

    private static Attempt attempt(String source, ListOutcome... outcomes) {
        var attempt = new Attempt(TestSource.named(source).settings(), 17, "2026-11-23T10:00:00.000000Z", 0);
        attempt.listed(
                Stream.of(outcomes)
                        .map(outcome -> new Organization(outcome.organizationId(), null))
                        .toList(),
                ApiVersion.V8);
        List.of(outcomes).forEach(attempt::ended);
        return attempt;
    }
}
