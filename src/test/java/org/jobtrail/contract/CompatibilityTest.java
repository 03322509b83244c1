package org.jobtrail.contract;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Within v1 only optional additions. Where one of these fails, the change needs a v2 beside v1: a new file, a new ce_type, a new
 * ce_dataschema. The files in {@code src/test/resources/contract/v1} stay as they are.
 */
class CompatibilityTest {

    private static final String SETTINGS = "/kafka/topicConfiguration";

    @ParameterizedTest
    @ValueSource(strings = {Contract.EVENT, Contract.STATE})
    void whatWasWrittenForTheFirstSchemaOfTheVersionStillHolds(String schema) {
        assertThat(Compatibility.breaks(Contract.FIRST.schema(schema), Contract.NOW.schema(schema)))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"eventHeaders", "stateHeaders", "jobKey", "moment", "sha256"})
    void soItDoesForTheHeadersAndTheKey(String schema) {
        String path = "/components/schemas/" + schema;

        assertThat(Compatibility.breaks(
                        Contract.FIRST.asyncApi().at(path),
                        Contract.NOW.asyncApi().at(path)))
                .isEmpty();
    }

    @Test
    void theTopicsAreThoseThatWerePromised() {
        JsonNode now = Contract.NOW.asyncApi().path("channels");

        Contract.FIRST.asyncApi().path("channels").properties().forEach(first -> {
            JsonNode channel = now.path(first.getKey());
            assertThat(channel.path("address")).isEqualTo(first.getValue().path("address"));
            JsonNode promised = first.getValue().path("bindings");
            JsonNode kept = channel.path("bindings").deepCopy();
            // What a topic is made with besides promises more, and nothing less.
            ((ObjectNode) kept.at(SETTINGS)).retain(names(promised.at(SETTINGS)));
            assertThat(kept).isEqualTo(promised);
        });
    }

    @Test
    void whatWasAnEventThenIsOneNow() {
        for (String name : Contract.FIRST.examples()) {
            String schema = name.equals("state") ? Contract.STATE : Contract.EVENT;
            assertThat(Contract.NOW.objections(schema, Contract.FIRST.example(name)))
                    .as(name)
                    .isEmpty();
            assertThat(Contract.FIRST.objections(schema, Contract.NOW.example(name)))
                    .as(name)
                    .isEmpty();
        }
    }

    @ParameterizedTest(name = "{0} as {1}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "/required | [\"source\",\"organization\",\"job\",\"kind\",\"observedAt\"]",
                "/required | [\"source\",\"organization\",\"job\",\"kind\",\"observedAt\",\"apiVersion\",\"server\"]",
                "/type | [\"object\",\"null\"]",
                "/$id | \"https://jobtrail.org/schema/job-event.v2.schema.json\"",
                "/additionalProperties | false",
                "/properties/source | NOTHING",
                "/properties/source/pattern | NOTHING",
                "/properties/source/maxLength | 8",
                "/properties/server | false",
                "/properties/kind/enum | [\"created\"]",
                "/properties/kind/enum/11 | \"hung\"",
                "/properties/organization/required | [\"id\"]",
                "/properties/organization/properties/name | {\"type\":\"string\",\"maxLength\":256}",
                "/properties/organization/properties/id/type | [\"string\",\"integer\"]",
                "/properties/job/properties/type/enum/2 | \"archive\"",
                "/properties/observedAt/$ref | \"#/$defs/moment\"",
                "/properties/changedFields/uniqueItems | false",
                "/properties/before/anyOf | [{\"$ref\":\"#/$defs/snapshot\"}]",
                "/properties/after/anyOf/1/type | \"boolean\"",
                "/allOf/1/then/required | [\"initial\",\"by\"]",
                "/allOf/2/then/properties/after | true",
                "/allOf/11 | {\"required\":[\"server\"]}",
                "/$defs/snapshot/required | [\"id\"]",
                "/$defs/snapshot/properties/lastRun | NOTHING",
                "/$defs/snapshot/properties/lastStatus | {\"enum\":[\"Success\",\"Failed\"]}",
                "/$defs/utc/pattern | \"^[0-9TZ:.-]+$\"",
                "/$defs/shortened | NOTHING",
                "/$defs/flag/anyOf/2 | {\"type\":\"string\"}",
            })
    void anEditThatWouldBreakAReaderIsNoticed(String pointer, String value) {
        JsonNode edited = Edit.of(Contract.NOW.schema(Contract.EVENT), pointer, value);

        assertThat(Compatibility.breaks(Contract.NOW.schema(Contract.EVENT), edited))
                .isNotEmpty()
                .allMatch(sentence -> sentence.startsWith(pointer.replaceAll("/\\d+$", "")));
    }

    @Test
    void optionalMembersAndOtherWordsBreakNobody() {
        JsonNode now = Contract.NOW.schema(Contract.EVENT);
        JsonNode later = now;
        for (List<String> addition : List.of(
                List.of("/properties/server", "{\"type\":\"string\"}"),
                List.of("/properties/job/properties/url", "{\"$ref\":\"#/$defs/url\"}"),
                List.of("/$defs/url", "{\"type\":\"string\",\"format\":\"uri\"}"),
                List.of("/$defs/snapshot/properties/lastSession", "{\"$ref\":\"#/$defs/text\"}"),
                List.of("/properties/kind/description", "\"What has happened.\""),
                List.of("/$defs/status/examples", "[\"Success\"]"))) {
            later = Edit.of(later, addition.get(0), addition.get(1));
        }

        assertThat(later).isNotEqualTo(now);
        assertThat(Compatibility.breaks(now, later)).isEmpty();
        assertThat(((ObjectNode) later.path("properties")).has("server")).isTrue();
    }

    private static List<String> names(JsonNode object) {
        return object.properties().stream().map(Map.Entry::getKey).toList();
    }
}
