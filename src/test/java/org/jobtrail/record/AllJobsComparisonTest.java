package org.jobtrail.record;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.jobtrail.veeam.Organization;
import org.junit.jupiter.api.Test;

/** What the list of all jobs of a source says of the organizations that were read by their own lists before. */
class AllJobsComparisonTest {

    private static final String SOURCE = "hq";
    private static final Organization NORTH = new Organization("north", "north.example.com");
    private static final Organization SOUTH = new Organization("south", "south.example.com");
    private static final List<Organization> BOTH = List.of(NORTH, SOUTH);

    private long now = 1;
    private final LastPolls lastPolls = new LastPolls(() -> now);

    @Test
    void whoseJobsAreAsTheyWereIsSpared() {
        keep(NORTH, 1, "a");
        keep(SOUTH, 1, "b");

        AllJobsComparison comparison =
                compared(BOTH, AllJobsComparison.Contents.NOTHING, Map.of("north", "a", "south", "other"));

        assertThat(comparison.unchanged(Set.of())).containsOnlyKeys("north");
        Map<String, Object> parameters = comparison.parameters(SOURCE);
        assertThat(((SentArray) parameters.get("organization_ids")).get(0)).isEqualTo("north");
        assertThat(((SentArray) parameters.get("claims")).get(0)).isEqualTo("1");
        assertThat(((SentArray) parameters.get("contents")).get(0)).isEqualTo("a");
        assertThat(comparison.contradicted()).isEmpty();
    }

    @Test
    void whoWasClaimedSinceIsNotSpared() {
        keep(NORTH, 1, "a");

        assertThat(compared(BOTH, AllJobsComparison.Contents.NOTHING, Map.of("north", "a"))
                        .unchanged(Set.of("north")))
                .isEmpty();
    }

    @Test
    void aClaimOfThisInstanceForSomethingElseTakesNothingFromWhatIsKnown() {
        keep(NORTH, 1, "a");
        keep(SOUTH, 1, "b");
        lastPolls.claimedAgain(SOURCE, "north", 2);
        // Somebody else has claimed in between.
        lastPolls.claimedAgain(SOURCE, "south", 3);

        assertThat(lastPolls.known(SOURCE, BOTH).get("north").claim()).isEqualTo(2);
        assertThat(lastPolls.known(SOURCE, BOTH).get("south").claim()).isEqualTo(1);
    }

    @Test
    void whoHasAnotherNameOrIsNotListedAnyMoreIsNotKnown() {
        keep(NORTH, 1, "a");
        keep(SOUTH, 1, "b");

        assertThat(lastPolls.known(SOURCE, List.of(new Organization("north", "renamed.example.com"), SOUTH)))
                .containsOnlyKeys("south");
        lastPolls.retain(SOURCE, List.of(NORTH));
        assertThat(lastPolls.known(SOURCE, BOTH)).containsOnlyKeys("north");
    }

    @Test
    void everybodyIsReadAgainWithinAnHourAndNotAllAtOnce() {
        List<Organization> many = IntStream.range(0, 1_000)
                .mapToObj(i -> new Organization("tenant-" + i, null))
                .toList();
        var contents = new HashMap<String, String>();
        many.forEach(one -> {
            keep(one, 1, "a");
            contents.put(one.id(), "a");
        });
        var spared = new ArrayList<Integer>();
        for (int minute = 0; minute <= 60; minute++) {
            spared.add(compared(many, AllJobsComparison.Contents.NOTHING, contents)
                    .unchanged(Set.of())
                    .size());
            now += Duration.ofMinutes(1).toNanos();
        }

        assertThat(spared.subList(0, 30)).containsOnly(1_000);
        assertThat(spared.get(60)).isZero();
        IntStream.range(30, 60)
                .forEach(minute ->
                        assertThat(spared.get(minute) - spared.get(minute + 1)).isLessThan(100));
    }

    @Test
    void whereTheListOfAllJobsSaysAgainWhatAnOrganizationsOwnListDidNotSayNobodyIsSpared() {
        keep(NORTH, 1, "a");
        keep(SOUTH, 1, "b");
        AllJobsComparison first =
                compared(BOTH, AllJobsComparison.Contents.NOTHING, Map.of("north", "a", "south", "stale"));
        now++;
        keep(SOUTH, 2, "b");

        AllJobsComparison second = compared(BOTH, first.contents(), Map.of("north", "a", "south", "stale"));

        assertThat(second.contradicted()).contains("south");
        assertThat(second.unchanged(Set.of())).isEmpty();
    }

    @Test
    void whoChangedBetweenTheTwoListsContradictsNothing() {
        keep(NORTH, 1, "a");
        AllJobsComparison first =
                compared(List.of(NORTH), AllJobsComparison.Contents.NOTHING, Map.of("north", "changed"));
        now++;
        keep(NORTH, 2, "changed once more");

        assertThat(compared(List.of(NORTH), first.contents(), Map.of("north", "changed once more"))
                        .contradicted())
                .isEmpty();
        assertThat(compared(List.of(NORTH), first.contents(), Map.of("north", "and again"))
                        .contradicted())
                .isEmpty();
    }

    @Test
    void whoCouldNotBeReadContradictsNothing() {
        keep(NORTH, 1, "a");
        AllJobsComparison first =
                compared(List.of(NORTH), AllJobsComparison.Contents.NOTHING, Map.of("north", "changed"));

        assertThat(compared(List.of(NORTH), first.contents(), Map.of("north", "changed"))
                        .contradicted())
                .isEmpty();
    }

    @Test
    void aLookPromisesNothingWhereLittleIsKnownOrListsAreLong() {
        assertThat(new AllJobsComparison(Map.of(), 0, AllJobsComparison.Contents.NOTHING).isWorthwhile(2, 100))
                .isFalse();
        keep(NORTH, 1, "a");
        assertThat(isWorthwhile(2, 100)).isTrue();
        assertThat(isWorthwhile(4, 100)).isFalse();
        assertThat(isWorthwhile(2, 49)).isFalse();
        lastPolls.keep(SOURCE, NORTH, 1, new Claim.LastList("a", "digest", 51));
        assertThat(isWorthwhile(2, 100)).isFalse();
    }

    private boolean isWorthwhile(int polled, int mostJobs) {
        return new AllJobsComparison(lastPolls.known(SOURCE, BOTH), now, AllJobsComparison.Contents.NOTHING)
                .isWorthwhile(polled, mostJobs);
    }

    private void keep(Organization organization, long claim, String content) {
        lastPolls.keep(SOURCE, organization, claim, new Claim.LastList(content, "digest", 50));
    }

    private AllJobsComparison compared(
            List<Organization> organizations, AllJobsComparison.Contents before, Map<String, String> contents) {
        var comparison = new AllJobsComparison(lastPolls.known(SOURCE, organizations), now, before);
        comparison.compare(id -> contents.getOrDefault(id, "none"));
        return comparison;
    }
}
