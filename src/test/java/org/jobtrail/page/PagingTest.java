package org.jobtrail.page;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.jobtrail.body.Body;
import org.jobtrail.body.LargestList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PagingTest {

    private final KnownPages known = new KnownPages(1_000);

    @Test
    void aLinkIsNeverFollowedAndWhatTheServerSaysOfItsOffsetIsNotBelieved() {
        var paging = paging();

        receive(paging, """
                {"offset":-7,"limit":2,"_links":{"next":{"href":"http://169.254.169.254/v7/Jobs?offset=1000000"}},
                 "results":[{"id":"1"},{"id":"2"}]}""");

        assertThat(paging.query("")).isEqualTo("offset=1&limit=10000");
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
}
