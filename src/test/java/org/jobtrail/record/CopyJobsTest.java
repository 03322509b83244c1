package org.jobtrail.record;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jobtrail.fetch.JobList;
import org.jobtrail.fetch.JobLists;
import org.jobtrail.fetch.ListPages;
import org.jobtrail.page.KnownPages;
import org.jobtrail.page.ListElement;
import org.jobtrail.veeam.ApiVersion;
import org.jobtrail.veeam.JobType;
import org.jobtrail.veeam.Organization;
import org.junit.jupiter.api.Test;

/** Whose a copy job is, of the organizations north and south; a third one belongs to another source. */
class CopyJobsTest {
    private static final Organization NORTH = new Organization("north", null);
    private static final Organization SOUTH = new Organization("south", null);
    private static final Organization FOREIGN = new Organization("foreign", null);
    private static final String OF_NORTH = "{\"id\":\"n\",\"organizationId\":\"north\"}";
    private static final String OF_SOUTH = "{\"id\":\"s\",\"organizationId\":\"south\"}";
    private static final String ELSEWHERE = "{\"id\":\"e\\u001b[2J\",\"organizationId\":\"elsewhere\"}";

    @Test
    void eachOrganizationGetsItsPartOfTheList() {
        CopyJobs copies = placed(false, Map.of(), OF_NORTH, OF_SOUTH, OF_NORTH);

        assertThat(copies.byOrganization())
                .extracting(share -> share.organization().id() + " " + texts(share))
                .containsExactly("north " + List.of(OF_NORTH, OF_NORTH), "south " + List.of(OF_SOUTH));
        assertThat(copies.byOrganization()).allSatisfy(share -> {
            assertThat(share.jobs().type()).isEqualTo(JobType.COPY);
            assertThat(share.jobs().whole()).isTrue();
            assertThat(share.claim().firstPoll()).isFalse();
        });
    }

    @Test
    void whoDoesNotSayWhoseItIsIsAskedForAndGivenToWhomTheHistoryNames() {
        CopyJobs copies = copies(false);
        copies.read(list("{\"id\":\"a\",\"backupJobId\":\"B\"}", OF_NORTH, "{\"name\":\"neither\"}"));

        assertThat(copies.ofUnknownOwner()).containsOnlyKeys(0);
        copies.place(Map.of(0, "south"));
        assertThat(copies.byOrganization())
                .extracting(share -> share.organization().id())
                .containsExactly("north", "south");
    }

    @Test
    void whatIsOfAnOrganizationOfAnotherSourceIsLeftOut() {
        CopyJobs copies = placed(false, Map.of(), "{\"id\":\"f\",\"organizationId\":\"foreign\"}");

        assertThat(copies.byOrganization()).isEmpty();
        assertThat(copies.whole()).isTrue();
    }

    @Test
    void whatIsNobodysLeavesEveryPartInDoubtAndCannotMoveTheCursorOfATerminal() {
        CopyJobs copies = placed(false, Map.of(), OF_NORTH, ELSEWHERE, "{\"id\":\"x\"}");

        assertThat(copies.doubt())
                .isEqualTo(
                        "copy job e [2J is of organization elsewhere, which the server does not list (and 1 more like it)");
        assertThat(copies.byOrganization())
                .isNotEmpty()
                .allSatisfy(share -> assertThat(share.jobs().whole()).isFalse());
    }

    @Test
    void whereOrganizationsAreNamedOnlyWhatCannotBeReadLeavesADoubt() {
        assertThat(placed(true, Map.of(), ELSEWHERE, "{\"id\":\"x\"}").whole()).isTrue();
        assertThat(placed(true, Map.of(), "{\"organizationId\":\"elsewhere\"}").whole())
                .isTrue();
        assertThat(placed(true, Map.of(), "7").doubt()).isEqualTo("1 unreadable: it is no object");
        assertThat(placed(true, Map.of(), "{\"id\":\"c\",\"x\":1,\"x\":2}", "7").doubt())
                .isEqualTo("2 unreadable: copy job c: Duplicate field 'x', and 1 more, see jobtrail.rejected_job");
    }

    @Test
    void anOrganizationWithoutCopyJobsIsRecordedOnceAndNotFromAListInDoubt() {
        assertThat(first(OF_NORTH)).containsExactly("north", "south");
        assertThat(first()).containsExactly("north", "south");
        assertThat(first("7")).isEmpty();
        assertThat(first("7", OF_NORTH)).containsExactly("north");
        assertThat(first("{\"id\":\"x\"}")).as("it may be anybody's").isEmpty();
    }

    @Test
    void whatIsOfSomebodyWhoIsNotListedKeepsNobodyElseFromHavingHadNone() {
        assertThat(first(ELSEWHERE)).containsExactly("north", "south");
    }

    @Test
    void anOrganizationWhoseCopyJobsAreKnownIsRecordedAlsoWithoutAny() {
        CopyJobs copies = new CopyJobs(List.of(NORTH), false)
                .with(List.of(new CopyJobs.Claimed(NORTH, claim(false), true)), List.of());
        copies.read(list());
        copies.place(Map.of());

        assertThat(copies.byOrganization())
                .singleElement()
                .satisfies(share -> assertThat(share.jobs().getJobs()).isEmpty());
    }

    @Test
    void whoIsLockedIsToldWhereThereIsAnythingToRecordAndNoLongerOnceClaimed() {
        var south = new CopyJobs.Locked(SOUTH, false);
        CopyJobs copies = new CopyJobs(List.of(NORTH, SOUTH, FOREIGN), false)
                .with(List.of(), List.of(new CopyJobs.Locked(NORTH, true), south, new CopyJobs.Locked(FOREIGN, false)));
        copies.read(list(OF_SOUTH));
        copies.place(Map.of());
        assertThat(copies.locked()).containsExactly(NORTH, SOUTH);
        assertThat(copies.unclaimed()).containsExactly(SOUTH);

        copies = copies.with(List.of(new CopyJobs.Claimed(SOUTH, claim(false), false)), List.of());
        copies.read(list(OF_SOUTH));
        copies.place(Map.of());

        assertThat(copies.locked()).containsExactly(NORTH);
        assertThat(copies.byOrganization())
                .extracting(CopyJobs.OfOrganization::organization)
                .containsExactly(SOUTH);
    }

    private static List<String> texts(CopyJobs.OfOrganization its) {
        return its.jobs().getJobs().stream().map(ListElement::text).toList();
    }

    private static List<String> first(String... elements) {
        CopyJobs copies = new CopyJobs(List.of(NORTH, SOUTH), false)
                .with(
                        List.of(
                                new CopyJobs.Claimed(NORTH, claim(true), false),
                                new CopyJobs.Claimed(SOUTH, claim(true), false)),
                        List.of());
        copies.read(list(elements));
        copies.place(Map.of());
        return copies.byOrganization().stream()
                .map(share -> share.organization().id())
                .toList();
    }

    private static CopyJobs placed(boolean limited, Map<Integer, String> owners, String... elements) {
        CopyJobs copies = copies(limited);
        copies.read(list(elements));
        copies.place(owners);
        return copies;
    }

    private static CopyJobs copies(boolean limited) {
        return new CopyJobs(List.of(NORTH, SOUTH, FOREIGN), limited)
                .with(
                        List.of(
                                new CopyJobs.Claimed(NORTH, claim(false), false),
                                new CopyJobs.Claimed(SOUTH, claim(false), false)),
                        List.of());
    }

    private static Claim claim(boolean first) {
        return new Claim(
                7,
                "2026-11-23T10:00:00.000000Z",
                5,
                first,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    private static JobList list(String... elements) {
        var lists = new JobLists(Clock.systemUTC(), Duration.ofMinutes(2), KnownPages.ofThisProcess());
        JobList list = lists.startCopyJobs("hq", ApiVersion.V8);
        String page = "{\"offset\":0,\"limit\":10000,\"results\":[" + String.join(",", elements) + "]}";
        new ListPages().accept(list, 200, "application/json", new ByteArrayInputStream(page.getBytes(UTF_8)));
        return list;
    }
}
