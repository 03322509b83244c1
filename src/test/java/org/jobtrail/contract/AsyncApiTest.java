package org.jobtrail.contract;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.List;
import java.util.stream.StreamSupport;
import org.jobtrail.record.ChangeKind;
import org.junit.jupiter.api.Test;

/** What asyncapi.yaml says of messages; what it says of topics and headers is held against real ones. */
class AsyncApiTest {

    private final JsonNode document = Contract.NOW.asyncApi();

    @Test
    void eachKindIsAType() {
        List<String> types = texts(document.at("/components/schemas/eventHeaders/properties/ce_type/enum"));

        assertThat(types)
                .containsExactlyElementsOf(Arrays.stream(ChangeKind.values())
                        .map("org.jobtrail.job.%s.v1"::formatted)
                        .toList());
    }

    @Test
    void eachKindIsShownByItsExample() {
        JsonNode examples = document.at("/components/messages/jobEvent/examples");

        assertThat(examples).hasSize(ChangeKind.values().length);
        for (ChangeKind kind : ChangeKind.values()) {
            assertThat(examples)
                    .filteredOn(example -> example.path("name").asText().equals(kind.toString()))
                    .extracting(example -> example.at("/payload/$ref").asText())
                    .containsExactly("examples/%s.json".formatted(kind));
        }
    }

    @Test
    void theHeadersOfTheExampleFitItsPayload() {
        JsonNode example = document.at("/components/messages/jobEvent/examples/0");
        JsonNode payload = Contract.NOW.example(example.path("name").asText());

        assertThat(Contract.NOW.objectionsToHeaders("eventHeaders", example.path("headers")))
                .isEmpty();
        assertThat(example.at("/headers/ce_time")).isEqualTo(payload.path("observedAt"));
        assertThat(example.at("/headers/ce_organization")).isEqualTo(payload.at("/organization/id"));
        assertThat(example.at("/headers/ce_subject").asText())
                .isEqualTo("%s/backup/%s"
                        .formatted(
                                payload.at("/organization/id").asText(),
                                payload.at("/job/id").asText()));
    }

    @Test
    void theMessagesAreOfTheSchemasThatTheirHeadersName() {
        for (String message : List.of("jobEvent", "jobState")) {
            String file = document.at("/components/messages/%s/payload/$ref".formatted(message))
                    .asText();
            String headers = document.at("/components/messages/%s/headers/$ref".formatted(message))
                    .asText();

            assertThat(document.at(headers.substring(1) + "/properties/ce_dataschema/const"))
                    .isEqualTo(Contract.NOW.schema(file).path("$id"));
        }
    }

    @Test
    void aHeaderThatIsMissingOrOfAnotherFormIsRefused() {
        JsonNode headers = document.at("/components/messages/jobEvent/examples/0/headers");
        for (String name : texts(document.at("/components/schemas/eventHeaders/required"))) {
            assertThat(Contract.NOW.objectionsToHeaders("eventHeaders", Edit.of(headers, "/" + name, "NOTHING")))
                    .as(name)
                    .isNotEmpty();
        }
        for (String name : List.of("ce_id", "ce_type", "ce_time", "ce_sequence", "ce_salt", "ce_epoch", "ce_source")) {
            assertThat(Contract.NOW.objectionsToHeaders("eventHeaders", Edit.of(headers, "/" + name, "\"odd\"")))
                    .as(name)
                    .isNotEmpty();
        }
    }

    private static List<String> texts(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false)
                .map(JsonNode::asText)
                .toList();
    }
}
