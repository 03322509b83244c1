package org.jobtrail.fetch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jobtrail.settings.Settings.Source;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OrganizationListTest {
    private static final String EAST = "7b2b1ae1-7bbb-4651-b479-bda7edc7838b";

    @Test
    void anArrayIsTheWholeList() throws Exception {
        var list = new OrganizationList(ApiVersion.V7, Instant.MAX);

        list.received(json("""
                [{"id":"7B2B1AE1-7BBB-4651-B479-BDA7EDC7838B","name":"east.onmicrosoft.com","username":"x"},
                 {"id":"b9898108-e785-4f8f-8f0d-b05a38880f05"}]
                """));

        assertThat(list.organizations())
                .containsExactly(
                        new Organization(EAST, "east.onmicrosoft.com"),
                        new Organization("b9898108-e785-4f8f-8f0d-b05a38880f05", null));
        assertThat(list.isMore()).isFalse();
    }

    @Test
    void whatHasNoUsableIdHasNoJobListAndIsLeftOut() throws Exception {
        var list = new OrganizationList(ApiVersion.V1, Instant.MAX);

        list.received(json("""
                [{"type":"OnPremises","username":"support\\\\jsmith"},{"id":null,"name":"a"},{"id":"","name":"b"},
                 {"id":" "},{"id":7},{"id":{}},null,"id",7,[],{"id":"1","name":{"first":"x"}}]
                """));

        assertThat(list.organizations()).containsExactly(new Organization("1", null));
    }

    @Test
    void anOrganizationThatIsListedTwiceIsOne() throws Exception {
        var list = new OrganizationList(ApiVersion.V7, Instant.MAX);

        list.received(json("[{\"id\":\"%s\",\"name\":\"first\"},{\"id\":\"%s\",\"name\":\"second\"}]"
                .formatted(EAST, EAST.toUpperCase(java.util.Locale.ROOT))));

        assertThat(list.organizations()).containsExactly(new Organization(EAST, "first"));
    }

    @Test
    void pagesAreJoinedUntilOneIsShort() throws Exception {
        var list = new OrganizationList(ApiVersion.V8, Instant.MAX);
        assertThat(list.path()).isEqualTo("/v8/Organizations");
        assertThat(list.query()).isEqualTo("extendedView=false&offset=0&limit=10000");

        list.received(json("{\"results\":[{\"id\":\"1\"},{\"id\":\"2\"}],\"limit\":2}"));
        assertThat(list.isMore()).isTrue();
        assertThat(list.query()).isEqualTo("extendedView=false&offset=2&limit=10000");
        list.received(json("{\"results\":[{\"id\":\"3\"}],\"limit\":2}"));

        assertThat(list.isMore()).isFalse();
        assertThat(list.organizations()).extracting(Organization::id).containsExactly("1", "2", "3");
    }

    @Test
    void elementsWithoutIdCountWhereTheNextPageBegins() throws Exception {
        var list = new OrganizationList(ApiVersion.V8, Instant.MAX);

        list.received(json("{\"results\":[{},{\"id\":\"2\"}],\"limit\":2}"));

        assertThat(list.query()).contains("offset=2&");
    }

    @Test
    void pagesOfTwoSessionsAreNeverJoined() throws Exception {
        var list = new OrganizationList(ApiVersion.V8, Instant.MAX);
        list.received(json("{\"results\":[{\"id\":\"1\"}],\"limit\":1}"));

        list.restart();

        assertThat(list.organizations()).isEmpty();
        assertThat(list.query()).contains("offset=0&");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "null", "\"\"", "7", "{\"results\":null}", "{\"results\":{}}", "{\"message\":\"x\"}"})
    void anythingElseIsNoList(String body) throws Exception {
        Object answer = json(body);

        assertThatThrownBy(() -> new OrganizationList(ApiVersion.V8, Instant.MAX).received(answer))
                .isInstanceOf(UnreadableListException.class);
        assertThatThrownBy(() -> new OrganizationList(ApiVersion.V7, Instant.MAX).received(answer))
                .isInstanceOf(UnreadableListException.class);
    }

    @Test
    void anArrayIsNoPageAndAPageIsNoArray() throws Exception {
        Object array = json("[]");
        Object page = json("{\"results\":[]}");

        assertThatThrownBy(() -> new OrganizationList(ApiVersion.V8, Instant.MAX).received(array))
                .isInstanceOf(UnreadableListException.class);
        assertThatThrownBy(() -> new OrganizationList(ApiVersion.V7, Instant.MAX).received(page))
                .isInstanceOf(UnreadableListException.class);
    }

    @Test
    void theOperatorChoosesByNameInAnyCaseOrById() throws Exception {
        assertThat(wanted(List.of(), List.of())).containsExactly("1", "A", EAST);
        assertThat(wanted(List.of("CONTOSO.com"), List.of())).containsExactly("1");
        assertThat(wanted(List.of("A", EAST.toUpperCase(java.util.Locale.ROOT)), List.of()))
                .containsExactly("A", EAST);
        assertThatThrownBy(() -> wanted(List.of("a"), List.of()))
                .hasMessage("the server lists none of source.east.organizations.include");
        assertThat(wanted(List.of(), List.of("contoso.com", EAST))).containsExactly("A");
        assertThat(wanted(List.of("1"), List.of("contoso.com"))).isEmpty();
    }

    private static List<String> wanted(List<String> include, List<String> exclude) throws Exception {
        var list = new OrganizationList(ApiVersion.V7, Instant.MAX);
        list.received(json("[{\"id\":\"1\",\"name\":\"contoso.com\"},{\"id\":\"A\"},{\"id\":\"%s\"}]".formatted(EAST)));
        var source = new Source(
                "east",
                URI.create("https://localhost"),
                "auto",
                "reader",
                Optional.of("secret"),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                include,
                exclude,
                4);
        return new OrganizationLists(Clock.systemUTC(), Duration.ofMinutes(2))
                .wanted(list, source).stream().map(Organization::id).toList();
    }

    private static Object json(String text) throws JsonProcessingException {
        return new ObjectMapper().readValue(text, Object.class);
    }
}
