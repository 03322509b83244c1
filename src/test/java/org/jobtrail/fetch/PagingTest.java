package org.jobtrail.fetch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jobtrail.http.Body;
import org.jobtrail.http.LargestList;
import org.jobtrail.veeam.ApiVersion;
import org.jobtrail.veeam.Organization;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PagingTest {

    private final KnownPages known = new KnownPages(1_000);

    @ParameterizedTest(name = "{0} jobs from a v8 server that gives at most {1} in {2} requests")
    @CsvSource({
        "0, 10000, 1",
        "1, 10000, 1",
        "30, 10000, 2",
        "31, 10000, 1",
        "9999, 10000, 1",
        "10000, 10000, 2",
        "10001, 10000, 2",
        "20000, 10000, 3",
        "0, 30, 1",
        "1, 30, 1",
        "29, 30, 1",
        "30, 30, 2",
        "31, 30, 2",
        "59, 30, 3",
        "60, 30, 3",
        "10000, 30, 345",
        "10001, 30, 345",
        "0, 1, 1",
        "1, 1, 2",
        "31, 1, 32",
        "0, 2, 1",
        "1, 2, 1",
        "2, 2, 2",
        "31, 2, 31"
    })
    void everyJobIsReadFromAVersionEightThatSaysHowManyItGives(int jobs, int most, int requests) {
        var server = new PagingServer(jobs, most);

        assertThat(ids(server.read(ApiVersion.V8))).isEqualTo(ids(jobs));
        assertThat(server.queries).hasSize(requests);
    }

    @ParameterizedTest(name = "{0} jobs from a v8 server that gives at most {1} and does not say so")
    @CsvSource({
        "0, 10000",
        "1, 10000",
        "30, 10000",
        "31, 10000",
        "10000, 10000",
        "10001, 10000",
        "0, 30",
        "1, 30",
        "30, 30",
        "31, 30",
        "10000, 30",
        "10001, 30",
        "0, 1",
        "1, 1",
        "31, 1",
        "31, 2"
    })
    void everyJobIsReadFromAVersionEightThatSaysNoLimit(int jobs, int most) {
        for (String limit : List.of("", "\"limit\":-1,", "\"limit\":\"30\",", "\"limit\":0,", "\"limit\":30.5,")) {
            assertThat(ids(new PagingServer(jobs, most, limit).read(ApiVersion.V8)))
                    .isEqualTo(ids(jobs));
        }
    }

    @ParameterizedTest(name = "{0} jobs in one array")
    @ValueSource(ints = {0, 1, 30, 31, 10_000, 10_001})
    void everyJobOfVersionSevenStandsInOneArray(int jobs) {
        var server = new PagingServer(jobs, 30);

        assertThat(ids(server.read(ApiVersion.V7))).isEqualTo(ids(jobs));
        assertThat(server.queries).containsExactly("");
    }

    @Test
    void thePagesOverlapByTheLastElementThatWasRead() {
        var server = new PagingServer(61, 30);

        server.read(ApiVersion.V8);

        assertThat(server.queries)
                .containsExactly(
                        "organizationId=1&offset=0&limit=10000",
                        "organizationId=1&offset=29&limit=10000",
                        "organizationId=1&offset=58&limit=10000");
    }

    @Test
    void aLinkIsNeverFollowedAndWhatTheServerSaysOfItsOffsetIsNotBelieved() {
        var paging = paging();

        receive(paging, """
                {"offset":-7,"limit":2,"_links":{"next":{"href":"http://169.254.169.254/v7/Jobs?offset=1000000"}},
                 "results":[{"id":"1"},{"id":"2"}]}""");

        assertThat(paging.query("")).isEqualTo("offset=1&limit=10000");
    }

    @Test
    void theNewerTextOfTheElementThatIsReadTwiceIsKept() {
        var server = new PagingServer(4, 3);
        String newer = "{\"id\":\"2\",\"lastStatus\":\"Failed\"}";
        server.beforePage(page -> server.elements.set(2, newer));

        JobList jobs = server.read(ApiVersion.V8);

        assertThat(jobs.getJobs()).hasSize(4).extracting(ListElement::text).contains(newer);
        assertThat(jobs.doubt()).isEmpty();
        assertThat(server.queries).hasSize(2);
    }

    @Test
    void anElementThatLeavesABehindPageIsNoticedAndTheListReadAnew() {
        var server = new PagingServer(61, 30);
        server.beforePage(page -> {
            if (page == 2) {
                server.elements.remove(3);
            }
        });

        JobList jobs = server.read(ApiVersion.V8);

        assertThat(jobs.getJobs()).extracting(ListElement::text).containsExactlyElementsOf(server.elements);
        assertThat(jobs.doubt()).isEmpty();
        assertThat(server.queries).hasSize(2 + 3);
    }

    @Test
    void anElementThatJoinsABehindPageIsNoticedToo() {
        var server = new PagingServer(61, 30);
        server.beforePage(page -> {
            if (page == 3) {
                server.elements.add(0, PagingServer.element("new"));
            }
        });

        JobList jobs = server.read(ApiVersion.V8);

        assertThat(jobs.getJobs()).extracting(ListElement::text).containsExactlyElementsOf(server.elements);
        assertThat(jobs.doubt()).isEmpty();
    }

    @Test
    void aListThatShrinksUnderTheReaderIsReadAnew() {
        var server = new PagingServer(60, 30);
        server.beforePage(page -> {
            if (page == 3) {
                server.elements.subList(10, 60).clear();
            }
        });

        assertThat(ids(server.read(ApiVersion.V8))).isEqualTo(ids(10));
    }

    @Test
    void aListThatMovesEachTimeIsTakenAsItIsAndInDoubt() {
        var server = new PagingServer(90, 30);
        server.beforePage(page -> {
            if (page % 2 == 0) {
                server.elements.remove(0);
            }
        });

        JobList jobs = server.read(ApiVersion.V8);

        assertThat(jobs.doubt()).contains("the list changed while it was read");
        assertThat(jobs.getJobs()).hasSizeGreaterThan(60);
        assertThat(server.queries).hasSizeLessThan(8);
    }

    @ParameterizedTest
    @ValueSource(strings = {"1 1 2 3", "1 2 2 3", "1 2 3 3", "1 2 2 2", "1 2 1 3 4", "1 2 3 3 3 4", "1 2 3 4 3 5 3"})
    void aJobThatStandsTwiceWordForWordWithinAPageIsNoSignOfAListThatChanged(String ids) {
        var server = new PagingServer(0, 3);
        Stream.of(ids.split(" ")).map(PagingServer::element).forEach(server.elements::add);

        JobList jobs = server.read(ApiVersion.V8);

        assertThat(jobs.doubt()).isEmpty();
        assertThat(jobs.getJobs()).extracting(ListElement::text).containsExactlyElementsOf(server.elements);
    }

    @Test
    void aJobThatStandsOnTwoPagesIsOneThatChangedPlacesWithAnother() {
        var server = new PagingServer(0, 3);
        Stream.of("1", "2", "3", "1").map(PagingServer::element).forEach(server.elements::add);

        assertThat(server.read(ApiVersion.V8).doubt()).isPresent();
    }

    @Test
    void aServerThatAnswersEveryOffsetWithTheFirstPageIsNotAskedForEver() {
        var jobs = new JobList(
                "hq", new Organization("1", null), ApiVersion.V8, java.time.Instant.MAX, new KnownPages(1_000));
        var server = new PagingServer(100, 30);
        int requests = 0;
        while (jobs.isMore()) {
            jobs.received(Body.of(server.answer("offset=0&limit=30")));
            requests++;
        }

        assertThat(requests).isEqualTo(5);
        assertThat(jobs.doubt()).isPresent();
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "null", "7", "{\"id\":null}", "{\"id\":7}", "{\"name\":\"x\"}", "\"\\ud800\""})
    void whereAnElementHasNoIdItsTextTellsWhetherThePagesMeet(String odd) {
        var paging = paging();
        receive(paging, "{\"limit\":2,\"results\":[{\"id\":\"1\"},%s]}".formatted(odd));
        receive(paging, "{\"limit\":2,\"results\":[%s]}".formatted(odd));

        assertThat(paging.more()).isFalse();
        assertThat(paging.elements()).hasSize(2);
        assertThat(paging.moved()).isFalse();
    }

    @Test
    void anIdIsTheSameInAnySpellingThatAUuidHas() {
        var paging = paging();
        receive(paging, "{\"limit\":2,\"results\":[{\"id\":\"1\"},{\"id\":\"7B2B1AE1-7BBB-4651-B479-BDA7EDC7838B\"}]}");
        receive(paging, "{\"limit\":2,\"results\":[{\"id\":\"7b2b1ae1-7bbb-4651-b479-bda7edc7838b\"}]}");

        assertThat(paging.elements()).hasSize(2);
        assertThat(paging.more()).isFalse();
    }

    @Test
    void aPageOfMoreThanItsLimitIsNotTheLast() {
        var paging = paging();

        receive(paging, "{\"limit\":2,\"results\":[{\"id\":\"1\"},{\"id\":\"2\"},{\"id\":\"3\"}]}");

        assertThat(paging.more()).isTrue();
        assertThat(paging.query("")).isEqualTo("offset=2&limit=10000");
    }

    @Test
    void aServerThatNeverEndsIsRefused() {
        var paging = paging();

        assertThatThrownBy(() -> {
                    for (int i = 0; paging.more(); i++) {
                        receive(paging, "{\"limit\":1,\"results\":[{\"id\":\"%d\"}]}".formatted(i));
                    }
                })
                .isInstanceOf(UnreadableListException.class)
                .hasMessage("the list does not end after 10000 pages");
    }

    @Test
    void aListThatGrowsWithoutEndIsRefused() {
        var paging = new Paging(true, 1_000_000, known.most());

        assertThatThrownBy(() -> {
                    for (int i = 0; paging.more(); i++) {
                        receive(
                                paging,
                                "{\"limit\":1,\"results\":[{\"id\":\"%d\",\"a\":\"%s\"}]}"
                                        .formatted(i, "x".repeat(1_000)));
                    }
                })
                .isInstanceOf(UnreadableListException.class)
                .hasMessage(
                        "the list is larger than 1 MB: more than a quarter of what is free in the directory for temporary files");
    }

    @Test
    void aLinkToMoreOutweighsALimitThatThePageDoesNotReach() {
        var paging = paging();
        receive(
                paging,
                "{\"limit\":10000,\"results\":[{\"id\":\"1\"},{\"id\":\"2\"}],"
                        + "\"_links\":{\"self\":{\"href\":\"/v7/a\"},\"next\":{\"href\":\"https://elsewhere/\"}}}");
        assertThat(paging.more()).isTrue();
        assertThat(paging.query("")).isEqualTo("offset=1&limit=10000");

        receive(paging, "{\"limit\":10000,\"results\":[{\"id\":\"2\"}],\"_links\":{\"next\":{\"href\":\"/v8/b\"}}}");
        assertThat(paging.more()).as("nothing new, whatever the link says").isFalse();
        assertThat(paging.elements()).hasSize(2);
    }

    @Test
    void aServerThatRepeatsItselfIsNotAskedForEver() {
        var paging = paging();
        receive(paging, "{\"offset\":-2147483648,\"limit\":-2147483648,\"results\":[{\"id\":\"1\"}]}");

        assertThatThrownBy(() ->
                        receive(paging, "{\"offset\":-2147483648,\"limit\":-2147483648,\"results\":[{\"id\":\"1\"}]}"))
                .isInstanceOf(UnreadableListException.class)
                .hasMessage("the server answers with the same page again, whatever offset it is asked for");
    }

    @Test
    void anArrayIsTheOnlyPageThereIsAndIsAskedForWithoutOffset() {
        var paging = new Paging(false, LargestList.bytes(), known.most());

        assertThat(paging.query("")).isEmpty();
        assertThat(paging.query("extendedView=false")).isEqualTo("extendedView=false");
    }

    @Test
    void aListIsReadAgainFromItsStart() {
        var paging = paging();
        receive(paging, "{\"limit\":2,\"results\":[{\"id\":\"1\"},{\"id\":\"2\"}]}");

        paging.restart();

        assertThat(paging.more()).isTrue();
        assertThat(paging.elements()).isEmpty();
        assertThat(paging.query("")).isEqualTo("offset=0&limit=10000");
    }

    private Paging paging() {
        return new Paging(true, LargestList.bytes(), known.most());
    }

    private void receive(Paging paging, String page) {
        paging.received(Body.of(page.getBytes(UTF_8)), paging.query(""), known);
    }

    private static List<String> ids(JobList jobs) {
        return jobs.getJobs().stream().map(ListElement::id).toList();
    }

    private static List<String> ids(int count) {
        return IntStream.range(0, count).mapToObj(i -> "" + i).toList();
    }
}
