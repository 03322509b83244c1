package org.jobtrail.fetch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jobtrail.body.Body;
import org.jobtrail.page.KnownPages;
import org.jobtrail.page.ListElement;
import org.jobtrail.veeam.ApiVersion;
import org.jobtrail.veeam.Organization;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PagedListTest {

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

    private static List<String> ids(JobList jobs) {
        return jobs.getJobs().stream().map(ListElement::id).toList();
    }

    private static List<String> ids(int count) {
        return IntStream.range(0, count).mapToObj(i -> "" + i).toList();
    }
}
