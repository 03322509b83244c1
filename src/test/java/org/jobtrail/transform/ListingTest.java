package org.jobtrail.transform;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.jobtrail.fetch.JobList;
import org.jobtrail.fetch.ListElements;
import org.jobtrail.veeam.ApiVersion;
import org.jobtrail.veeam.Organization;
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

        assertThat(listed(listing)).containsExactly(KEY);
        assertThat(read(listing)).isEmpty();
        assertThat(listing.partial()).isFalse();
    }

    @Test
    void aJobIsReadWhereItsTextIsAnotherOrItWasMissingOrReadWithAnotherVersion() {
        assertThat(read(listing(ApiVersion.V8, known(A, "v8", false), CHANGED_A)))
                .containsExactly(KEY);
        assertThat(read(listing(ApiVersion.V8, known(A, "v8", true), A))).containsExactly(KEY);
        assertThat(read(listing(ApiVersion.V8, known(A, "v7", false), A))).containsExactly(KEY);
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
    void textsThatDifferInNothingThatMattersAreOneJob() {
        String other = A.replace("{", "{\"eTag\":2,");
        String upper = A.replace("Success", "SUCCESS");

        assertThat(listing(ApiVersion.V8, List.of(), A, other, upper).partial()).isFalse();
        Listing listing = listing(ApiVersion.V8, List.of(), other, A);
        assertThat(read(listing)).containsExactly(KEY);
        assertThat(listing.elements()).isEqualTo(2);
    }

    @Test
    void aJobIsOfTheOrganizationThatWasAskedForUnlessItSaysOtherwise() {
        for (String silent : List.of(
                "{}",
                "null",
                "[]",
                "{\"organization\":null}",
                "{\"organization\":{}}",
                "{\"organization\":{\"href\":null}}",
                "{\"organization\":{\"href\":7}}",
                "{\"organization\":{\"href\":\"\"}}",
                "{\"organization\":{\"href\":\"https://h/v7/Jobs/2\"}}",
                "{\"organization\":{\"href\":\"https://h:4443/v7/Organizations/1\"}}",
                "{\"organization\":{\"href\":\"/v7/organizations/%31/?x=/2#/3\"}}")) {
            assertThat(listing(ApiVersion.V7, List.of(), linked("a", silent)).partial())
                    .as(silent)
                    .isFalse();
        }
        assertThat(listing(ApiVersion.V8, List.of(), "{\"id\":\"a\",\"organizationId\":\"1\"}", "{\"id\":\"b\"}")
                        .partial())
                .isFalse();
        assertThat(listing(
                                ApiVersion.V8,
                                List.of(),
                                linked("a", "{\"organization\":{\"href\":\"/v7/Organizations/2\"}}"))
                        .partial())
                .as("v8 links are not believed")
                .isFalse();
    }

    @Test
    void aJobThatSaysThatItIsAnotherOrganizationsIsKeptAside() {
        String mine = linked("a", "{\"organization\":{\"href\":\"/v7/Organizations/1\"}}");
        String foreign = linked("b", "{\"organization\":{\"href\":\"https://h/v7/Organizations/2\"}}");

        Listing listing = listing(ApiVersion.V7, List.of(), mine, foreign);

        assertThat(listed(listing)).containsExactly(KEY);
        assertThat(listing.rejected())
                .extracting(Listing.Rejected::reason)
                .containsExactly("it belongs to organization 2");
        assertThat(listing.foreignOwner()).isEmpty();
        assertThat(listing.doubt()).isEqualTo("1 of 2 jobs kept aside: job b: it belongs to organization 2");
        assertThat(listing(ApiVersion.V8, known(A, "v8", false), A, "{\"id\":\"b\",\"organizationId\":\"2\"}")
                        .foreignOwner())
                .as("an unchanged job is known to be of this organization")
                .isEmpty();
    }

    @Test
    void whyElementsAreKeptAsideIsToldOfTheFirstByItsIdOrNameAndWhereTheOthersAre() {
        String deep = "{\"id\":\"c\\n1\",\"new\":%s%s}".formatted("[".repeat(1_000), "]".repeat(1_000));

        assertThat(listing(ApiVersion.V8, List.of(), A, deep, "{\"name\":\"x\"}", "7")
                        .doubt())
                .isEqualTo("3 of 4 jobs kept aside: job c 1: it is nested deeper than 900 levels,"
                        + " and 2 more, see jobtrail.rejected_job");
        assertThat(listing(ApiVersion.V8, List.of(), A, "{\"name\":\"Mail\\u001bboxes\"}")
                        .doubt())
                .isEqualTo("1 of 2 jobs kept aside: job \"Mail boxes\": it has no id");
        assertThat(listing(ApiVersion.V8, List.of(), A, "7").doubt())
                .isEqualTo("1 of 2 jobs kept aside: it is no object");
        assertThat(listing(ApiVersion.V8, List.of(), "{\"id\":\"%s\"}".formatted("x".repeat(1_001)))
                        .doubt())
                .isEqualTo(
                        "1 of 1 jobs kept aside: job %s: its id is longer than 1000 bytes".formatted("x".repeat(100)));
    }

    @Test
    void aListWhoseEveryJobThatSaysItIsAnotherOrganizationsIsTheAnswerToSomebodyElse() {
        String foreign = "{\"id\":\"a\",\"organizationId\":\"7B2B1AE1-7BBB-4651-B479-BDA7EDC7838B\"}";

        assertThat(listing(ApiVersion.V8, List.of(), foreign).foreignOwner())
                .contains("7b2b1ae1-7bbb-4651-b479-bda7edc7838b");
        assertThat(listing(ApiVersion.V8, List.of(), foreign, foreign).foreignOwner())
                .as("twice the same is no sign that it is ours")
                .isPresent();
        assertThat(listing(ApiVersion.V8, List.of(), foreign, "{\"id\":\"b\"}", "null")
                        .foreignOwner())
                .isPresent();
        assertThat(listing(ApiVersion.V8, List.of(), "{\"id\":\"b\"}").foreignOwner())
                .isEmpty();
    }

    @Test
    void anUnreadableElementIsKeptAsideAndCostsOnlyItself() {
        Listing listing = listing(ApiVersion.V8, List.of(), "{\"name\":\"b\"}", A, "null");

        assertThat(listed(listing)).containsExactly(KEY);
        assertThat(listing.partial()).isTrue();
        assertThat(listing.rejected())
                .extracting(Listing.Rejected::reason, one -> one.raw().text())
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

    @Test
    void whatIsAtHandIsEnoughOnlyWhereNoOtherJobIsListed() {
        String b = "{\"id\":\"b\"}";
        Listing before = listing(ApiVersion.V8, List.of(), A, b);

        Listing more = recalled(before, b, "{\"id\":\"aa\"}", A);
        assertThat(more.knowsMore()).isTrue();
        assertThat(more.present()).isZero();

        Listing fewer = recalled(before, b);
        assertThat(fewer.knowsMore()).isFalse();
        assertThat(fewer.gone()).extracting(KnownJob::id).containsExactly("a");
        assertThat(fewer.digest())
                .isEqualTo(listing(ApiVersion.V8, List.of(), b).digest());

        Listing same = recalled(before, b, CHANGED_A);
        assertThat(same.gone()).isEmpty();
        assertThat(read(same)).containsExactly(KEY);
        assertThat(listed(same)).containsExactly(new JobKey("backup", "b"), KEY);
        assertThat(same.digest()).isEqualTo(before.digest());
    }

    @Test
    void ofAListThatIsTooLongForAnObjectForEachJobTheSameIsTold() {
        List<String> before =
                IntStream.range(0, 3_000).mapToObj(ListingTest::numbered).toList();
        List<String> after = new ArrayList<>(before);
        after.set(7, after.get(7).replace("Success", "Failed"));
        after.set(2_999, numbered(9_999));
        after.add(1_500, after.get(20).replace("Success", "Failed"));
        after.add(numbered(30));
        after.add("{}");

        Listing few = known(ListElements.list(ORGANIZATION, 10_000, after), before);
        Listing many = known(ListElements.list(ORGANIZATION, 0, after), before);

        assertThat(read(many)).isEqualTo(read(few)).hasSize(2);
        assertThat(listed(many)).isEqualTo(listed(few)).hasSize(3_000);
        assertThat(many.digest()).isEqualTo(few.digest());
        assertThat(many.contentDigest()).isEqualTo(few.contentDigest());
        assertThat(many.doubt()).isEqualTo(few.doubt());
        assertThat(many.conflicting()).isEqualTo(few.conflicting()).hasSize(1);
        assertThat(many.gone()).extracting(KnownJob::id).containsExactly(id(2_999));
        assertThat(many.present()).isEqualTo(3_000);
        assertThat(many.elements()).isEqualTo(3_003);
        assertThat(many.known())
                .usingRecursiveFieldByFieldElementComparator()
                .containsExactlyElementsOf(few.known())
                .hasSize(3_000);
    }

    private static String id(int number) {
        return new UUID(number * 0x9E3779B97F4A7C15L, number).toString();
    }

    private static String numbered(int number) {
        return "{\"id\":\"%s\",\"lastStatus\":\"Success\"}".formatted(id(number));
    }

    private Listing known(JobList list, List<String> before) {
        Listing listing = transformation.start(ORGANIZATION, list);
        before.forEach(element ->
                transformation.know(listing, known(ListElements.of(element).id(), element, "v7", false)));
        return TransformedList.of(transformation, listing, ORGANIZATION);
    }

    private Listing recalled(Listing before, String... elements) {
        Listing listing = transformation.start(ORGANIZATION, ListElements.of(ORGANIZATION, ApiVersion.V8, elements));
        listing.recall(before.known(), before.digest());
        transformation.unread(listing).forEach(raw -> transformation.transform(raw, listing, ORGANIZATION));
        return listing;
    }

    private static List<JobKey> listed(Listing listing) {
        return listing.listed().map(ListedJob::key).toList();
    }

    /** Those that had to be read. */
    private static List<JobKey> read(Listing listing) {
        return listing.listed().filter(ListedJob::isRead).map(ListedJob::key).toList();
    }

    private static String linked(String id, String links) {
        return "{\"id\":\"%s\",\"_links\":%s}".formatted(id, links);
    }

    private Listing listing(ApiVersion version, List<Map<String, Object>> known, String... elements) {
        Listing listing = transformation.start(ORGANIZATION, ListElements.of(ORGANIZATION, version, elements));
        transformation.know(listing, known);
        return TransformedList.of(transformation, listing, ORGANIZATION);
    }

    private static List<Map<String, Object>> known(String raw, String apiVersion, boolean missing) {
        return known("a", raw, apiVersion, missing);
    }

    private static List<Map<String, Object>> known(String id, String raw, String apiVersion, boolean missing) {
        byte[] digest = new byte[32];
        return List.of(KnownRow.of(
                id,
                digest,
                ListElements.of(raw).digest(),
                ApiVersion.valueOf(apiVersion.toUpperCase(Locale.ROOT)),
                missing,
                0));
    }
}
