package org.jobtrail.record;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.jobtrail.fetch.JobType;
import org.jobtrail.transform.JobKey;
import org.jobtrail.transform.KnownJob;
import org.junit.jupiter.api.Test;

class KnownListsTest {

    private final KnownLists lists = new KnownLists(10);

    @Test
    void aListIsKnownByItsOrganizationItsTypeAndItsContent() {
        List<KnownJob> jobs = jobs(3);
        lists.keep("east", JobType.BACKUP, "content", jobs);

        assertThat(lists.of("east", JobType.BACKUP, "content")).containsSame(jobs);
        assertThat(lists.of("east", JobType.BACKUP, "another")).isEmpty();
        assertThat(lists.of("east", JobType.COPY, "content")).isEmpty();
        assertThat(lists.of("west", JobType.BACKUP, "content")).isEmpty();
    }

    @Test
    void aLaterListTakesThePlaceOfTheOneBefore() {
        lists.keep("east", JobType.BACKUP, "before", jobs(8));
        lists.keep("east", JobType.BACKUP, "after", jobs(8));

        assertThat(lists.of("east", JobType.BACKUP, "before")).isEmpty();
        assertThat(lists.of("east", JobType.BACKUP, "after")).isPresent();
    }

    @Test
    void whatWasNotUsedForTheLongestTimeIsForgottenWhereThereIsNoRoom() {
        lists.keep("east", JobType.BACKUP, "content", jobs(4));
        lists.keep("north", JobType.BACKUP, "content", jobs(4));
        lists.of("east", JobType.BACKUP, "content");
        lists.keep("west", JobType.BACKUP, "content", jobs(4));

        assertThat(lists.of("east", JobType.BACKUP, "content")).isPresent();
        assertThat(lists.of("north", JobType.BACKUP, "content")).isEmpty();
        assertThat(lists.of("west", JobType.BACKUP, "content")).isPresent();
    }

    @Test
    void aListThatIsTooLargeIsNotKeptAndTheOneBeforeItIsNotTakenForIt() {
        lists.keep("east", JobType.BACKUP, "before", jobs(4));
        lists.keep("west", JobType.BACKUP, "content", jobs(4));
        lists.keep("east", JobType.BACKUP, "after", jobs(11));

        assertThat(lists.of("east", JobType.BACKUP, "before")).isEmpty();
        assertThat(lists.of("east", JobType.BACKUP, "after")).isEmpty();
        assertThat(lists.of("west", JobType.BACKUP, "content")).isPresent();
    }

    private static List<KnownJob> jobs(int count) {
        return IntStream.range(0, count)
                .mapToObj(
                        i -> new KnownJob(new JobKey("backup", "job-" + i), new byte[32], new byte[32], "v7", false, 0))
                .toList();
    }
}
