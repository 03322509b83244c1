package org.jobtrail.fetch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PagingTest {

    @ParameterizedTest
    @CsvSource({"0, 1", "1, 1", "30, 1", "31, 1", "9999, 1", "10000, 2", "10001, 2", "20000, 3", "20001, 3"})
    void everyElementIsReadFromAServerThatDoesAsAsked(int elements, int requests) {
        var server = new Server(elements, 10_000);

        assertThat(server.read()).isEqualTo(elements);
        assertThat(server.queries).hasSize(requests);
    }

    @ParameterizedTest
    @CsvSource({"0, 1", "1, 1", "29, 1", "30, 2", "31, 2", "60, 3", "61, 3", "1000, 34"})
    void everyElementIsReadFromAServerThatCutsPagesShorterThanAskedAndSaysSo(int elements, int requests) {
        var server = new Server(elements, 30);

        assertThat(server.read()).isEqualTo(elements);
        assertThat(server.queries).hasSize(requests);
    }

    @Test
    void theOffsetIsWhatWasReadAndNotWhatWasAskedFor() {
        var server = new Server(61, 30);

        server.read();

        assertThat(server.queries)
                .containsExactly(
                        "organizationId=1&offset=0&limit=10000",
                        "organizationId=1&offset=30&limit=10000",
                        "organizationId=1&offset=60&limit=10000");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, Integer.MIN_VALUE})
    void withoutALimitOnlyAnEmptyPageIsTheEnd(int limit) {
        var paging = new Paging(true);

        paging.received(30, limit);
        assertThat(paging.more()).isTrue();

        paging.received(0, limit);
        assertThat(paging.more()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {Integer.MAX_VALUE, 10_001})
    void aLimitOverOursIsOurs(int limit) {
        var paging = new Paging(true);

        paging.received(9_999, limit);
        assertThat(paging.more()).isFalse();

        paging.restart();
        paging.received(10_000, limit);
        assertThat(paging.more()).isTrue();
    }

    @Test
    void anEmptyPageIsTheLast() {
        var paging = new Paging(true);

        paging.received(30, 30);
        assertThat(paging.more()).isTrue();
        paging.received(0, 30);

        assertThat(paging.more()).isFalse();
    }

    @Test
    void aPageOfMoreThanItsLimitIsNotTheLast() {
        var paging = new Paging(true);

        paging.received(31, 30);

        assertThat(paging.more()).isTrue();
        assertThat(paging.query("")).isEqualTo("offset=31&limit=10000");
    }

    @Test
    void aServerThatNeverEndsIsRefused() {
        var paging = new Paging(true);

        assertThatThrownBy(() -> {
                    while (paging.more()) {
                        paging.received(1, 1);
                    }
                })
                .isInstanceOf(UnreadableListException.class)
                .hasMessageContaining("does not end");
    }

    @Test
    void anArrayIsTheOnlyPageThereIsAndIsAskedForWithoutOffset() {
        var paging = new Paging(false);

        assertThat(paging.query("")).isEmpty();
        assertThat(paging.query("extendedView=false")).isEqualTo("extendedView=false");
        paging.received(10_000, 10_000);

        assertThat(paging.more()).isFalse();
    }

    @Test
    void aListIsReadAgainFromItsStart() {
        var paging = new Paging(true);
        paging.received(10_000, 0);
        paging.received(5, 0);

        paging.restart();

        assertThat(paging.more()).isTrue();
        assertThat(paging.query("")).isEqualTo("offset=0&limit=10000");
    }

    /** Answers as a v8 server does: from the offset on, as many as it likes to give. */
    private record Server(int elements, int most, List<String> queries) {
        Server(int elements, int most) {
            this(elements, most, new ArrayList<>());
        }

        int read() {
            var paging = new Paging(true);
            int read = 0;
            while (paging.more()) {
                String query = paging.query("organizationId=1");
                queries.add(query);
                int offset = Integer.parseInt(query.replaceAll(".*offset=(\\d+).*", "$1"));
                int asked = Integer.parseInt(query.replaceAll(".*limit=(\\d+).*", "$1"));
                int given = Math.max(0, Math.min(Math.min(asked, most), elements - offset));
                assertThat(offset).isEqualTo(read);
                read += given;
                paging.received(given, Math.min(asked, most));
            }
            return read;
        }
    }
}
