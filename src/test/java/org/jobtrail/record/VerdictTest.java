package org.jobtrail.record;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jobtrail.settings.Settings.Absence;
import org.jobtrail.transform.Listing;
import org.jobtrail.veeam.ApiVersion;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VerdictTest {
    private static final Absence ABSENCE = new Absence(3, Duration.ofHours(24));
    private static final Instant OBSERVED = Lists.claim().observed();

    @Test
    void aListOfAnOrganizationThatNobodyKnewIsComplete() {
        assertThat(verdict(new Lists().listed())).isEqualTo(Verdict.COMPLETE);
        assertThat(verdict(new Lists().listedJobs(0, 5))).isEqualTo(Verdict.COMPLETE);
    }

    @ParameterizedTest
    @CsvSource({
        "1, 0, COMPLETE",
        "1, 1, SUSPECT",
        "3, 3, SUSPECT",
        "4, 3, COMPLETE",
        "5, 4, SUSPECT",
        "10, 3, COMPLETE",
        "10, 4, SUSPECT",
        "13, 3, COMPLETE",
        "13, 4, SUSPECT",
        "14, 4, COMPLETE",
        "20, 6, COMPLETE",
        "20, 7, SUSPECT",
        "100, 30, COMPLETE",
        "100, 31, SUSPECT",
        "1000, 300, COMPLETE",
        "1000, 301, SUSPECT"
    })
    void moreThanThreeAndThirtyPercentGoneAtOnceOrAllAreSuspect(int known, int gone, Verdict verdict) {
        assertThat(verdict(new Lists().knownJobs(known).listedJobs(gone, known)))
                .isEqualTo(verdict);
    }

    @Test
    void newJobsDoNotMakeUpForThoseThatAreGone() {
        Listing listing = new Lists().knownJobs(10).listedJobs(5, 50);

        assertThat(verdict(listing)).isEqualTo(Verdict.SUSPECT);
    }

    @Test
    void whatWasAbsentBeforeIsNotGoneAtOnce() {
        var lists = new Lists();
        for (int i = 0; i < 5; i++) {
            lists.known(Lists.job("a" + i, "Success"), ApiVersion.V8, false, 1);
        }

        assertThat(verdict(lists.listed())).isEqualTo(Verdict.COMPLETE);
        assertThat(verdict(lists.known(Lists.job("b", "Success")).listed())).isEqualTo(Verdict.SUSPECT);
    }

    @Test
    void whatIsMissingAlreadyIsNotGoneAgain() {
        var lists = new Lists();
        for (int i = 0; i < 5; i++) {
            lists.known(Lists.job("a" + i, "Success"), ApiVersion.V8, true, 3);
        }

        assertThat(verdict(lists.listed())).isEqualTo(Verdict.COMPLETE);
    }

    @Test
    void aListWithAnUnreadableOrADoubtfulElementIsPartialHoweverShortItIs() {
        assertThat(verdict(new Lists().knownJobs(10).listed("{}"))).isEqualTo(Verdict.PARTIAL);
        assertThat(verdict(new Lists().listed(Lists.job("a", "Success"), Lists.job("a", "Failed"))))
                .isEqualTo(Verdict.PARTIAL);
    }

    @Test
    void theListOfAnotherOrganizationIsSuspectHoweverLongItIsRead() {
        String foreign = "{\"id\":\"a\",\"organizationId\":\"other\"}";
        Listing listing = new Lists().known(Lists.job("a", "Success")).listed(foreign);

        assertThat(verdict(listing)).isEqualTo(Verdict.SUSPECT);
        assertThat(verdict(listing, Optional.of(listing.digest()), since("PT240H")))
                .isEqualTo(Verdict.SUSPECT);
    }

    @Test
    void aSuspectListIsBelievedWhenTheSameWasReadForLongEnough() {
        Listing listing = new Lists().knownJobs(10).listedJobs(9, 10);
        Optional<String> same = Optional.of(listing.digest());

        assertThat(verdict(listing, same, since("PT24H"))).isEqualTo(Verdict.COMPLETE);
        assertThat(verdict(listing, same, since("PT240H"))).isEqualTo(Verdict.COMPLETE);
        assertThat(verdict(listing, same, since("PT23H59M59.999999S"))).isEqualTo(Verdict.SUSPECT);
        assertThat(verdict(listing, same, since("PT-1H"))).isEqualTo(Verdict.SUSPECT);
        assertThat(verdict(listing, same, Optional.empty())).isEqualTo(Verdict.SUSPECT);
    }

    @Test
    void anEmptyListIsBelievedInTheSameWay() {
        Listing listing = new Lists().knownJobs(2).listed();

        assertThat(verdict(listing)).isEqualTo(Verdict.SUSPECT);
        assertThat(verdict(listing, Optional.of(listing.digest()), since("PT24H")))
                .isEqualTo(Verdict.COMPLETE);
    }

    @Test
    void anotherReducedListStartsTheWaitAnew() {
        Listing before = new Lists().knownJobs(10).listedJobs(8, 10);
        Listing listing = new Lists().knownJobs(10).listedJobs(9, 10);

        assertThat(verdict(listing, Optional.of(before.digest()), since("PT240H")))
                .isEqualTo(Verdict.SUSPECT);
    }

    private static Optional<Instant> since(String duration) {
        return Optional.of(OBSERVED.minus(Duration.parse(duration)));
    }

    private static Verdict verdict(Listing listing) {
        return verdict(listing, Optional.empty(), Optional.empty());
    }

    private static Verdict verdict(Listing listing, Optional<String> suspectDigest, Optional<Instant> suspectSince) {
        return Verdict.of(listing, Lists.claim(suspectDigest, suspectSince), ABSENCE);
    }
}
