package org.jobtrail.record;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.jobtrail.transform.KnownJob;
import org.jobtrail.veeam.JobType;
import org.junit.jupiter.api.Test;

class KnownListsTest {

    private final KnownLists lists = new KnownLists(10);

    @Test
    void aListIsKnownByItsOrganizationItsTypeAndItsContent() {
        List<KnownJob> jobs = jobs(3);
        keep(lists, "east", "content", jobs);

        assertThat(lists.of("east", JobType.BACKUP, "content")).containsSame(jobs);
        assertThat(lists.of("east", JobType.BACKUP, "another")).isEmpty();
        assertThat(lists.of("east", JobType.COPY, "content")).isEmpty();
        assertThat(lists.of("west", JobType.BACKUP, "content")).isEmpty();
    }

    @Test
    void aLaterListTakesThePlaceOfTheOneBefore() {
        keep(lists, "east", "before", jobs(8));
        keep(lists, "east", "after", jobs(8));

        assertThat(lists.of("east", JobType.BACKUP, "before")).isEmpty();
        assertThat(lists.of("east", JobType.BACKUP, "after")).isPresent();
    }

    @Test
    void whatWasNotUsedForTheLongestTimeIsForgottenWhereThereIsNoRoom() {
        keep(lists, "east", "content", jobs(4));
        keep(lists, "north", "content", jobs(4));
        lists.of("east", JobType.BACKUP, "content");
        keep(lists, "west", "content", jobs(4));

        assertThat(lists.of("east", JobType.BACKUP, "content")).isPresent();
        assertThat(lists.of("north", JobType.BACKUP, "content")).isEmpty();
        assertThat(lists.of("west", JobType.BACKUP, "content")).isPresent();
    }

    @Test
    void aListThatIsTooLargeIsNotKeptAndTheOneBeforeItIsNotTakenForIt() {
        keep(lists, "east", "before", jobs(4));
        keep(lists, "west", "content", jobs(4));
        keep(lists, "east", "after", jobs(11));

        assertThat(lists.of("east", JobType.BACKUP, "before")).isEmpty();
        assertThat(lists.of("east", JobType.BACKUP, "after")).isEmpty();
        assertThat(lists.of("west", JobType.BACKUP, "content")).isPresent();
    }

    private static void keep(KnownLists lists, String organization, String content, List<KnownJob> jobs) {
        lists.keep(organization, JobType.BACKUP, content, jobs.size(), () -> jobs);
    }

    private static List<KnownJob> jobs(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> new KnownJob("backup", "job-" + i, new byte[32], new byte[32], "v7", false, 0))
                .toList();
    }
}
