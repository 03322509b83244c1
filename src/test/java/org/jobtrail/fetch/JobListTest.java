package org.jobtrail.fetch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.time.Instant;
import org.jobtrail.body.Body;
import org.jobtrail.page.KnownPages;
import org.jobtrail.page.ListElement;
import org.jobtrail.page.UnreadableListException;
import org.jobtrail.veeam.ApiVersion;
import org.jobtrail.veeam.Organization;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class JobListTest {
    private final JobList jobs =
            new JobList("hq", new Organization("1", null), ApiVersion.V8, Instant.MAX, new KnownPages(1_000));

    @Test
    void eachListIsAskedForWhereItsVersionHasIt() {
        var known = new KnownPages(1_000);
        var organization = new Organization("a/b", null);

        assertAsked(
                new JobList("hq", organization, ApiVersion.V7, Instant.MAX, known), "/v7/Organizations/a%2Fb/Jobs", "");
        assertAsked(
                new JobList("hq", organization, ApiVersion.V8, Instant.MAX, known),
                "/v8/Jobs",
                "organizationId=a%2Fb&offset=0&limit=10000");
        assertAsked(JobList.ofAllJobs("hq", ApiVersion.V7, Instant.MAX, known), "/v7/Jobs", "");
        assertAsked(JobList.ofCopyJobs("hq", ApiVersion.V7, Instant.MAX, known), "/v7/CopyJobs", "");
        assertAsked(
                JobList.ofCopyJobs("hq", ApiVersion.V8, Instant.MAX, known), "/v8/CopyJobs", "offset=0&limit=10000");
    }

    private static void assertAsked(JobList list, String path, String query) {
        assertThat(list.path()).isEqualTo(path);
        assertThat(list.query()).isEqualTo(query);
    }

    @Test
    void pagesAreJoinedInTheirOrder() {
        jobs.received(body("{\"results\":[{\"id\":\"1\"},{\"id\":\"2\"}],\"limit\":2}"));
        assertThat(jobs.isMore()).isTrue();
        assertThat(jobs.query()).isEqualTo("organizationId=1&offset=1&limit=10000");
        jobs.received(body("{\"results\":[{\"id\":\"2\"},{\"id\":\"3\"}],\"limit\":2}"));
        jobs.received(body("{\"results\":[{\"id\":\"3\"}],\"limit\":2}"));

        assertThat(jobs.isMore()).isFalse();
        assertThat(jobs.getJobs())
                .extracting(ListElement::text)
                .containsExactly("{\"id\":\"1\"}", "{\"id\":\"2\"}", "{\"id\":\"3\"}");
    }

    @Test
    void pagesOfTwoSessionsAreNeverJoined() {
        jobs.received(body("{\"results\":[{\"id\":\"1\"}],\"limit\":1}"));

        jobs.restart();

        assertThat(jobs.getJobs()).isEmpty();
        assertThat(jobs.query()).contains("offset=0&");
    }

    @Test
    void aJobThatStandsTwiceInTheListAndDiffersIsReasonToReadItAnewOnce() {
        Body twice = body("{\"results\":[{\"id\":\"A\",\"name\":\"a\"},{\"id\":\"2\"},{\"id\":\"A\",\"name\":\"b\"}]}"
                .replace("A", "7B2B1AE1-7BBB-4651-B479-BDA7EDC7838B"));
        var array = new JobList("hq", new Organization("1", null), ApiVersion.V7, Instant.MAX, new KnownPages(1_000));
        Body once = body("[{\"id\":\"1\",\"name\":\"a\"},{\"id\":\"1\",\"name\":\"b\"}]");

        array.received(once);
        assertThat(array.isMore()).isTrue();
        array.received(once);
        assertThat(array.isMore()).isFalse();
        assertThat(array.getJobs()).hasSize(2);

        jobs.received(twice);
        jobs.received(body("{\"results\":[]}"));
        assertThat(jobs.query()).contains("offset=0&");
        assertThat(jobs.getJobs()).isEmpty();
    }

    @Test
    void theSameJobTwiceIsNoReasonToReadTheListAnew() {
        var array = new JobList("hq", new Organization("1", null), ApiVersion.V7, Instant.MAX, new KnownPages(1_000));

        array.received(body("[{\"id\":\"1\",\"eTag\": 7,\"a\":1},{\"id\":\"1\",\"eTag\": 8,\"a\":1},{},{},null,null]"));

        assertThat(array.isMore()).isFalse();
    }

    @Test
    void anAnswerWithoutABodyIsNoEmptyList() {
        assertThatThrownBy(() -> new ListPages().accept(jobs, 200, "application/json", null))
                .isInstanceOf(UnreadableListException.class)
                .hasMessageContaining("it is empty");
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(
            strings = {"text/html; charset=utf-8", "", ";", "text/plain", "application/jsonp", "application/xml\r\nX: 1"
            })
    void aPageOfAnotherTypeIsNoList(String contentType) {
        InputStream body = new ByteArrayInputStream("{\"results\":[]}".getBytes(UTF_8));

        assertThatThrownBy(() -> new ListPages().accept(jobs, 200, contentType, body))
                .isInstanceOf(UnreadableListException.class)
                .hasMessageContaining("not application/json")
                .hasMessageNotContaining("\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"application/json", "application/json; charset=utf-8", "Application/JSON ;charset=UTF-8"})
    void jsonIsJsonInAnySpelling(String contentType) {
        InputStream body = new ByteArrayInputStream("{\"results\":[]}".getBytes(UTF_8));

        assertThatCode(() -> new ListPages().accept(jobs, 200, contentType, body))
                .doesNotThrowAnyException();
    }

    private static Body body(String text) {
        return Body.of(text.getBytes(UTF_8));
    }
}
