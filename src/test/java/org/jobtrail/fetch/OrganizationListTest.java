package org.jobtrail.fetch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.jobtrail.body.Body;
import org.jobtrail.page.KnownPages;
import org.jobtrail.page.UnreadableListException;
import org.jobtrail.settings.Settings.Source;
import org.jobtrail.support.Logged;
import org.jobtrail.support.TestSource;
import org.jobtrail.veeam.ApiVersion;
import org.jobtrail.veeam.Organization;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class OrganizationListTest {
    private static final String EAST = "7b2b1ae1-7bbb-4651-b479-bda7edc7838b";
    private static final ObjectMapper JSON = OrganizationLists.json();

    private final OrganizationLists lists =
            new OrganizationLists(Clock.systemUTC(), Duration.ofMinutes(2), new KnownPages(1_000));

    @Test
    void anArrayIsTheWholeList() throws Exception {
        var list = list(ApiVersion.V7, """
                [{"id":"7B2B1AE1-7BBB-4651-B479-BDA7EDC7838B","name":"east.onmicrosoft.com","username":"x"},
                 {"id":"b9898108-e785-4f8f-8f0d-b05a38880f05"}]
                """);

        assertThat(list.organizations())
                .containsExactly(
                        new Organization(EAST, "east.onmicrosoft.com"),
                        new Organization("b9898108-e785-4f8f-8f0d-b05a38880f05", null));
        assertThat(list.isMore()).isFalse();
        assertThat(list.doubt()).isEmpty();
    }

    @Test
    void ofAnOrganizationOnlyWhatTellsItFromOthersIsKept() throws Exception {
        var list = list(ApiVersion.V8, """
                {"results":[{"id":"1","name":"a.example.com","officeName":"A","type":"Office365","region":"Worldwide",
                 "msid":"m","description":"secret","exchangeOnlineSettings":{"account":"secret","applicationId":"secret"},
                 "_links":{"self":{"href":"secret"}}}],"limit":10000}""");

        assertThat(list.organizations()).containsExactly(new Organization("1", "a.example.com"));
        assertThat(list.organizations().toString()).doesNotContain("secret");
    }

    @Test
    void anOnPremisesOrganizationOfVersionOneHasNoIdAndNoJobList() throws Exception {
        var list = list(ApiVersion.V1, """
                [{"type":"OnPremises","username":"support\\\\jsmith"},{"id":null,"name":"a"},{"id":"1"}]""");

        assertThat(list.organizations()).containsExactly(new Organization("1", null));
        assertThat(list.doubt()).isEmpty();
    }

    @ParameterizedTest(name = "{0} of v7 and v8 is not read because {1}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"name\":\"secret\"} | organization \"secret\": it has no id",
                "{\"id\":null} | it has no id",
                "{\"id\":\"\"} | it has no id",
                "{\"id\":\" \"} | it has no id",
                "{\"id\":7} | it has no id",
                "{\"id\":true} | it has no id",
                "{\"id\":{\"secret\":1}} | it has no id",
                "{\"id\":[\"secret\"]} | it has no id",
                "null | it is no object",
                "7 | it is no object",
                "[] | it is no object",
                "\"secret\" | it is no object",
                "\"\" | it is no object",
                "{\"id\":\"2\",\"secret\":1,\"secret\":2} | organization 2: it has a field twice",
                "{\"id\":\"2\",\"id\":\"3\"} | organization 2: it has a field twice",
                "{\"id\":\"2\",\"settings\":{\"secret\":1,\"secret\":2}} | organization 2: it has a field twice",
                "{\"name\":\"east\\n.com\",\"secret\":1} | organization \"east .com\": it has no id"
            })
    void anElementThatCannotBeReadCostsOnlyItself(String element, String reason) throws Exception {
        for (ApiVersion version : List.of(ApiVersion.V2, ApiVersion.V7, ApiVersion.V8)) {
            var list = list(version, page(version, "{\"id\":\"0\"},%s,{\"id\":\"1\"}".formatted(element)));

            assertThat(list.organizations()).extracting(Organization::id).containsExactly("0", "1");
            assertThat(list.doubt()).contains("1 organization could not be read: " + reason);
        }
    }

    @Test
    void endlessDepthAndAnEndlessIdCostOnlyTheElementThatHasThem() throws Exception {
        String deep = "{\"id\":\"2\",\"a\":%s%s}".formatted("[".repeat(100_000), "]".repeat(100_000));
        String longId = "{\"id\":\"%s\"}".formatted("x".repeat(1_001));

        var list = list(ApiVersion.V7, "[%s,{\"id\":\"1\"},%s]".formatted(deep, longId));

        assertThat(list.organizations()).extracting(Organization::id).containsExactly("1");
        assertThat(list.doubt())
                .contains("2 organizations could not be read: organization 2: it is nested too deep, and 1 more");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1e400",
                "1e99999999999",
                "9007199254740993",
                "\"\\ud800\\u0000\"",
                "\"true\"",
                "null",
                "{\"new\":[]}"
            })
    void whatIsOddAboutAnUnknownFieldDoesNotMatter(String value) throws Exception {
        var list = list(ApiVersion.V7, "[{\"id\":\"1\",\"new\":%s,\"name\":\"a\"}]".formatted(value));

        assertThat(list.organizations()).containsExactly(new Organization("1", "a"));
        assertThat(list.doubt()).isEmpty();
    }

    @Test
    void theSizeOfAnUnknownFieldDoesNotMatter() throws Exception {
        var list = list(
                ApiVersion.V7,
                "[{\"number\":%s,\"text\":\"%s\",\"%s\":1,\"id\":\"1\"}]"
                        .formatted("9".repeat(100_000), "x".repeat(20_000_001), "n".repeat(60_000)));

        assertThat(list.organizations()).extracting(Organization::id).containsExactly("1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"null", "7", "{\"first\":\"x\"}", "[\"x\"]", "\"\"", "\" \"", "true"})
    void aNameThatIsNoTextIsNone(String name) throws Exception {
        var list = list(ApiVersion.V7, "[{\"name\":%s,\"id\":\"1\"}]".formatted(name));

        assertThat(list.organizations()).containsExactly(new Organization("1", null));
        assertThat(list.doubt()).isEmpty();
    }

    @Test
    void anIdIsAsThePostgresColumnCanHoldIt() throws Exception {
        assertThat(list(ApiVersion.V7, "[{\"id\":\"a\\u0000b\\ud800c\\ud83d\\ude80\"}]")
                        .organizations())
                .extracting(Organization::id)
                .containsExactly("a\uFFFDb\uFFFDc🚀");
    }

    @Test
    void anOrganizationThatIsListedTwiceIsOne() throws Exception {
        var list = list(
                ApiVersion.V7,
                "[{\"id\":\"%s\",\"name\":\"first\"},{\"id\":\"%s\",\"name\":\"second\"}]"
                        .formatted(EAST, EAST.toUpperCase(Locale.ROOT)));

        assertThat(list.organizations()).containsExactly(new Organization(EAST, "first"));
        assertThat(list.doubt()).isEmpty();
    }

    @Test
    void pagesAreJoinedByTheElementThatTheyShare() throws Exception {
        var list = new OrganizationList("hq", ApiVersion.V8, Instant.MAX, new KnownPages(1_000));
        assertThat(list.path()).isEqualTo("/v8/Organizations");
        assertThat(list.query()).isEqualTo("extendedView=false&offset=0&limit=10000");

        received(list, "{\"results\":[{\"id\":\"1\"},{\"id\":\"2\"}],\"limit\":2}");
        assertThat(list.isMore()).isTrue();
        assertThat(list.query()).isEqualTo("extendedView=false&offset=1&limit=10000");
        received(list, "{\"results\":[{\"id\":\"2\"},{\"id\":\"3\"}],\"limit\":2}");
        received(list, "{\"results\":[{\"id\":\"3\"}],\"limit\":2}");
        read(list);

        assertThat(list.isMore()).isFalse();
        assertThat(list.organizations()).extracting(Organization::id).containsExactly("1", "2", "3");
    }

    @Test
    void aListThatMovesEachTimeIsInDoubt() throws Exception {
        var list = new OrganizationList("hq", ApiVersion.V8, Instant.MAX, new KnownPages(1_000));
        for (int i = 0; i < 2; i++) {
            received(list, "{\"results\":[{\"id\":\"1\"},{\"id\":\"2\"}],\"limit\":2}");
            received(list, "{\"results\":[{\"id\":\"3\"}],\"limit\":2}");
        }
        read(list);

        assertThat(list.isMore()).isFalse();
        assertThat(list.organizations()).extracting(Organization::id).containsExactly("1", "2", "3");
        assertThat(list.doubt()).contains("the list of organizations changed while it was read");
    }

    @Test
    void pagesOfTwoSessionsAreNeverJoined() throws Exception {
        var list = new OrganizationList("hq", ApiVersion.V8, Instant.MAX, new KnownPages(1_000));
        received(list, "{\"results\":[{\"id\":\"1\"}],\"limit\":1}");

        list.restart();

        assertThat(list.elements()).isEmpty();
        assertThat(list.query()).contains("offset=0&");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{}",
                "null",
                "\"\"",
                "7",
                "true",
                "{\"results\":null}",
                "{\"results\":{}}",
                "{\"message\":\"x\"}",
                "[{\"id\":\"1\"}",
                "[{\"id\":\"1\"}] x"
            })
    void anythingElseIsNoList(String body) {
        assertThatThrownBy(() ->
                        received(new OrganizationList("hq", ApiVersion.V8, Instant.MAX, new KnownPages(1_000)), body))
                .isInstanceOf(UnreadableListException.class)
                .hasMessageStartingWith("the answer is no");
        assertThatThrownBy(() ->
                        received(new OrganizationList("hq", ApiVersion.V7, Instant.MAX, new KnownPages(1_000)), body))
                .isInstanceOf(UnreadableListException.class)
                .hasMessageStartingWith("the answer is no");
    }

    @ParameterizedTest
    @EnumSource(names = {"V7", "V8"})
    void anAnswerOfAnotherTypeIsNoList(ApiVersion version) {
        var list = lists.start("east", version);

        assertThatThrownBy(() ->
                        new ListPages().accept(list, 200, "text/html", new ByteArrayInputStream("[]".getBytes(UTF_8))))
                .hasMessage("the answer is text/html, not application/json");
        assertThatThrownBy(() -> new ListPages().accept(list, 200, null, null))
                .hasMessage("the answer is of no content type, not application/json");
        assertThatThrownBy(() -> new ListPages().accept(list, 200, "application/json", null))
                .hasMessage("the answer is no list: it is empty");
    }

    @Test
    void anArrayIsNoPageAndAPageIsNoArray() {
        assertThatThrownBy(() -> list(ApiVersion.V8, "[]"))
                .hasMessage("the answer is no list: it is an array where a page was expected");
        assertThatThrownBy(() -> list(ApiVersion.V7, "{\"results\":[]}"))
                .hasMessage("the answer is no list: it is an object where an array was expected");
    }

    @Test
    void theOperatorChoosesByNameInAnyCaseOrById() throws Exception {
        assertThat(wanted(List.of(), List.of())).containsExactly("1", "A", EAST);
        assertThat(wanted(List.of("CONTOSO.com"), List.of())).containsExactly("1");
        assertThat(wanted(List.of("A", EAST.toUpperCase(Locale.ROOT)), List.of()))
                .containsExactly("A", EAST);
        assertThat(wanted(List.of("a"), List.of())).isEmpty();
        assertThat(wanted(List.of(), List.of("contoso.com", EAST))).containsExactly("A");
        assertThat(wanted(List.of("1"), List.of("contoso.com"))).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(names = {"V7", "V8"})
    void onlyAListThatIsNotAsItWasReadLastIsReadAgain(ApiVersion version) throws Exception {
        String body = page(version, "{\"id\":\"1\",\"name\":\"contoso.com\"},{\"id\":7}");
        var first = list(version, body);
        lists.wanted(first, source(List.of(), List.of()));

        var same = lists.start("east", version);
        received(same, body);

        assertThat(lists.elements(same, source(List.of(), List.of()))).isEmpty();
        assertThat(same.organizations()).isEqualTo(first.organizations()).isNotEmpty();
        assertThat(same.doubt()).isEqualTo(first.doubt()).isPresent();

        var other = lists.start("east", version);
        received(other, body.replace("contoso", "fabrikam"));

        assertThat(lists.elements(other, source(List.of(), List.of()))).hasSize(2);
    }

    @Test
    void aNameThatTwoOrganizationsHaveIsBoth() throws Exception {
        var list = list(ApiVersion.V7, "[{\"id\":\"1\",\"name\":\"a\"},{\"id\":\"2\",\"name\":\"A\"},{\"id\":\"3\"}]");

        assertThat(lists.wanted(list, source(List.of("a"), List.of())))
                .extracting(Organization::id)
                .containsExactly("1", "2");
    }

    @Test
    void whatTheOperatorIncludesAndTheServerDoesNotListIsSaid() throws Exception {
        var list = list(ApiVersion.V7, "[{\"id\":\"1\",\"name\":\"contoso.com\"},{\"id\":7}]");

        lists.wanted(list, source(List.of("1", "nobody", "contoso.com"), List.of("nobody else")));

        assertThat(list.doubt())
                .contains("1 organization could not be read: it has no id; "
                        + "source.east.organizations.include names \"nobody\", which the server does not list");
        assertThat(OrganizationLists.unknown(list, List.of("CONTOSO.COM", "nobody else")))
                .containsExactly("nobody else");
    }

    @Test
    void whatTheOperatorExcludesAndTheServerDoesNotListIsWarnedOfOnce() throws Exception {
        try (var logged = new Logged("jobtrail.fetch")) {
            for (int poll = 0; poll < 2; poll++) {
                var list = list(ApiVersion.V7, "[{\"id\":\"1\",\"name\":\"contoso.com\"}]");
                lists.wanted(list, source(List.of(), List.of("kontoso.com", "1")));
                assertThat(list.doubt()).isEmpty();
            }
            assertThat(logged.messages())
                    .containsExactly(
                            "source.east.organizations.exclude names \"kontoso.com\", which the server does not list");
        }
    }

    @Test
    void aListWithoutAnOrganizationIsNoneAndSaysWhy() throws Exception {
        var empty = list(ApiVersion.V7, "[]");
        var unreadable = list(ApiVersion.V7, "[{},{}]");

        assertThatThrownBy(() -> lists.wanted(empty, source(List.of(), List.of())))
                .isInstanceOf(UnreadableListException.class)
                .hasMessage("the server lists no organization");
        assertThatThrownBy(() -> lists.wanted(unreadable, source(List.of(), List.of())))
                .isInstanceOf(UnreadableListException.class)
                .hasMessage("2 organizations could not be read: it has no id, and 1 more");
    }

    private List<String> wanted(List<String> include, List<String> exclude) throws Exception {
        var list = list(
                ApiVersion.V7,
                "[{\"id\":\"1\",\"name\":\"contoso.com\"},{\"id\":\"A\"},{\"id\":\"%s\"}]".formatted(EAST));
        return lists.wanted(list, source(include, exclude)).stream()
                .map(Organization::id)
                .toList();
    }

    private static Source source(List<String> include, List<String> exclude) {
        return TestSource.named("east").organizations(include, exclude).settings();
    }

    private static String page(ApiVersion version, String elements) {
        return version.paged() ? "{\"limit\":10000,\"results\":[%s]}".formatted(elements) : "[" + elements + "]";
    }

    private static void received(OrganizationList list, String body) {
        list.received(Body.of(body.getBytes(UTF_8)));
    }

    private OrganizationList list(ApiVersion version, String body) throws IOException {
        var list = lists.start("east", version);
        received(list, body);
        read(list);
        return list;
    }

    /** As the route does. */
    private void read(OrganizationList list) throws IOException {
        for (byte[] element : lists.elements(list, source(List.of(), List.of()))) {
            Object body = element;
            try {
                OrganizationElement read = JSON.readValue(element, OrganizationElement.class);
                body = read;
                lists.read(list, read);
            } catch (JsonProcessingException | UnreadableOrganizationException e) {
                lists.reject(list, body, e);
            }
        }
    }
}
