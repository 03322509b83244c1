package org.jobtrail.poll;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jobtrail.transform.KeptAside;
import org.jobtrail.veeam.JobType;
import org.junit.jupiter.api.Test;

class WarningsTest {

    @Test
    void whatHappenedToAFewIsToldOfEach() {
        assertThat(Warnings.of(List.of(failed(1, "no answer"), failed(2, "no answer"), failed(3, "no answer"))))
                .containsExactly(
                        "organization org-1: FAILED, no answer",
                        "organization org-2: FAILED, no answer",
                        "organization org-3: FAILED, no answer");
    }

    @Test
    void whatHappenedToManyIsToldOnce() {
        var outcomes = new ArrayList<ListOutcome>();
        IntStream.rangeClosed(1, 200)
                .forEach(i -> outcomes.add(
                        failed(i, "the server answered 500 to /v7/Organizations/org-%d/Jobs".formatted(i))));
        outcomes.add(failed(201, "it has no id"));
        outcomes.add(ListOutcome.failed(null, JobType.COPY, "no answer"));

        assertThat(Warnings.of(outcomes))
                .containsExactly(
                        "organization org-1: FAILED, the server answered 500 to /v7/Organizations/org-1/Jobs;"
                                + " the same of 199 more, among them org-2, org-3, org-4",
                        "organization org-201: FAILED, it has no id",
                        "copy jobs: FAILED, no answer");
    }

    @Test
    void whatHappenedToBackupAndCopyJobsIsNotTheSame() {
        var outcomes = new ArrayList<ListOutcome>();
        for (int i = 1; i <= 4; i++) {
            outcomes.add(failed(i, "no answer"));
            outcomes.add(ListOutcome.failed("org-" + i, JobType.COPY, "no answer"));
        }

        assertThat(Warnings.of(outcomes))
                .containsExactly(
                        "organization org-1: FAILED, no answer; the same of 3 more, among them org-2, org-3, org-4",
                        "organization org-1, copy jobs: FAILED, no answer; the same of 3 more, among them org-2, org-3, org-4");
    }

    @Test
    void ofManyListsWithAnElementThatCannotBeReadOneIsToldWhicheverJobItIs() {
        var outcomes = new ArrayList<ListOutcome>();
        IntStream.rangeClosed(1, 5)
                .forEach(i -> outcomes.add(failed(
                        i,
                        "1 of 5 jobs kept aside: "
                                + new KeptAside("job j%d: ".formatted(i), "it is nested too deep").inWords(1))));

        assertThat(Warnings.of(outcomes))
                .containsExactly("organization org-1: FAILED, 1 of 5 jobs kept aside: job j1: it is nested too deep;"
                        + " the same of 4 more, among them org-2, org-3, org-4");
    }

    private static ListOutcome failed(int organization, String reason) {
        return ListOutcome.failed("org-" + organization, JobType.BACKUP, reason);
    }
}
