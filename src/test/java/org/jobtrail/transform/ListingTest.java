package org.jobtrail.transform;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.jobtrail.fetch.ApiVersion;
import org.jobtrail.fetch.JobList;
import org.jobtrail.fetch.JobLists;
import org.jobtrail.fetch.ListElement;
import org.jobtrail.fetch.ListElements;
import org.jobtrail.fetch.Organization;
import org.junit.jupiter.api.Test;

class ListingTest {
    private static final Organization ORGANIZATION = new Organization("1", "contoso.com");
    private static final String A = "{\"id\":\"a\",\"lastStatus\":\"Success\"}";
    private static final String CHANGED_A = "{\"id\":\"a\",\"lastStatus\":\"Failed\"}";
    private static final JobKey KEY = new JobKey("backup", "a");

    private final JobTransformation transformation = new JobTransformation(new JobSnapshots(900_000));

    @Test
    void aJobWhoseTextIsKnownIsListedAndNotRead() {
        Listing listing = listing(ApiVersion.V8, known(A, "v8", false), A);

        assertThat(listing.listed()).containsExactly(KEY);
        assertThat(listing.differing()).isEmpty();
        assertThat(listing.partial()).isFalse();
    }

    @Test
    void aJobIsReadWhereItsTextIsAnotherOrItWasMissingOrReadWithAnotherVersion() {
        assertThat(listing(ApiVersion.V8, known(A, "v8", false), CHANGED_A).differing())
                .containsOnlyKeys(KEY);
        assertThat(listing(ApiVersion.V8, known(A, "v8", true), A).differing()).containsOnlyKeys(KEY);
        assertThat(listing(ApiVersion.V8, known(A, "v7", false), A).differing()).containsOnlyKeys(KEY);
    }

    @Test
    void theSameTextTwiceIsOneJob() {
        assertThat(listing(ApiVersion.V8, List.of(), A, A).partial()).isFalse();
        assertThat(listing(ApiVersion.V8, known(A, "v8", false), A, A).partial())
                .isFalse();
    }

    @Test
    void twoTextsOfOneJobLeaveTheListInDoubtInWhateverOrder() {
        assertThat(listing(ApiVersion.V8, List.of(), A, CHANGED_A).conflicting())
                .containsExactly(KEY);
        assertThat(listing(ApiVersion.V8, known(A, "v8", false), A, CHANGED_A).conflicting())
                .containsExactly(KEY);
        assertThat(listing(ApiVersion.V8, known(A, "v8", false), CHANGED_A, A).conflicting())
                .containsExactly(KEY);
        assertThat(listing(ApiVersion.V8, known(A, "v8", false), CHANGED_A, A).partial())
                .isTrue();
    }

    @Test
    void anUnreadableElementIsKeptAsideAndCostsOnlyItself() {
        Listing listing = listing(ApiVersion.V8, List.of(), "{\"name\":\"b\"}", A, "null");

        assertThat(listing.listed()).containsExactly(KEY);
        assertThat(listing.partial()).isTrue();
        assertThat(listing.rejected())
                .extracting(Listing.Rejected::reason, Listing.Rejected::raw)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("it has no id", "{\"name\":\"b\"}"),
                        org.assertj.core.groups.Tuple.tuple("it is no object", "null"));
    }

    @Test
    void theDigestIsOfWhichJobsStandInTheListWhateverTheirStateAndOrder() {
        String b = "{\"id\":\"b\"}";

        assertThat(listing(ApiVersion.V8, List.of(), A, b).digest())
                .isEqualTo(listing(ApiVersion.V7, known(A, "v7", false), b, CHANGED_A)
                        .digest())
                .isNotEqualTo(listing(ApiVersion.V8, List.of(), A).digest());
    }

    private static JobList list(ApiVersion version) {
        return new JobLists(Clock.systemUTC(), Duration.ofMinutes(2)).start(ORGANIZATION, version);
    }

    private Listing listing(ApiVersion version, List<Map<String, Object>> known, String... elements) {
        Listing listing = transformation.start(ORGANIZATION, list(version), known);
        for (String element : elements) {
            ListElement raw = ListElements.of(element);
            try {
                transformation.transform(raw, listing, ORGANIZATION);
            } catch (UnreadableJobException e) {
                transformation.reject(raw, listing, e);
            }
        }
        return listing;
    }

    private static List<Map<String, Object>> known(String raw, String apiVersion, boolean missing) {
        return List.of(Map.of(
                "job_type",
                "backup",
                "job_id",
                "a",
                "digest",
                HexFormat.of().parseHex("00"),
                "raw_digest",
                ListElements.of(raw).digest(),
                "api_version",
                apiVersion,
                "missing",
                missing,
                "absent_polls",
                0));
    }
}
