package org.jobtrail.contract;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.jobtrail.record.ChangeKind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The schemas themselves: what they accept, and that they refuse what was not promised. */
class SchemaTest {

    private final Contract contract = Contract.NOW;

    @ParameterizedTest
    @ValueSource(strings = {Contract.EVENT, Contract.STATE})
    void aSchemaIsOfTheDraftAndUnderTheNameThatTheHeadersSay(String file) {
        JsonNode schema = contract.schema(file);

        assertThat(schema.path("$schema").asText()).isEqualTo("https://json-schema.org/draft/2020-12/schema");
        assertThat(schema.path("$id").asText()).isEqualTo("https://jobtrail.org/schema/" + file);
    }

    @ParameterizedTest
    @EnumSource(ChangeKind.class)
    void eachKindHasAnExampleThatIsNamedAfterIt(ChangeKind kind) {
        JsonNode example = contract.example(kind.toString());

        assertThat(example.path("kind").asText()).isEqualTo(kind.toString());
        assertThat(contract.objections(Contract.EVENT, example)).isEmpty();
    }

    @Test
    void soHasTheStateAndNothingElseHas() {
        assertThat(contract.objections(Contract.STATE, contract.example("state")))
                .isEmpty();
        assertThat(contract.examples())
                .containsExactlyInAnyOrderElementsOf(
                        Stream.concat(Arrays.stream(ChangeKind.values()).map(ChangeKind::toString), Stream.of("state"))
                                .toList());
    }

    @Test
    void theStateIsWhatTheEventsCallASnapshot() {
        JsonNode event = contract.schema(Contract.EVENT).path("$defs");
        JsonNode state = contract.schema(Contract.STATE);

        for (String keyword : List.of("type", "required", "properties")) {
            assertThat(state.get(keyword)).isEqualTo(event.path("snapshot").get(keyword));
        }
        state.path("$defs")
                .properties()
                .forEach(one -> assertThat(one.getValue()).isEqualTo(event.get(one.getKey())));
    }

    @ParameterizedTest(name = "{0} with {2} at {1}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "status-changed | /source | NOTHING",
                "status-changed | /source | \"Head Office\"",
                "status-changed | /organization | NOTHING",
                "status-changed | /organization/id | NOTHING",
                "status-changed | /organization/id | \"\"",
                "status-changed | /organization/name | NOTHING",
                "status-changed | /organization/name | 7",
                "status-changed | /job/type | NOTHING",
                "status-changed | /job/type | \"archive\"",
                "status-changed | /job/id | 7",
                "status-changed | /job/name | NOTHING",
                "status-changed | /kind | NOTHING",
                "status-changed | /kind | \"hung\"",
                "status-changed | /kind | \"Status-Changed\"",
                "status-changed | /kind | \"run-completed\"",
                "status-changed | /observedAt | NOTHING",
                "status-changed | /observedAt | \"2026-11-23T22:19:10Z\"",
                "status-changed | /observedAt | \"2026-11-23T22:19:10.842266+01:00\"",
                "status-changed | /observedAt | 1763855999",
                "status-changed | /apiVersion | NOTHING",
                "status-changed | /apiVersion | 8",
                "status-changed | /changedFields | NOTHING",
                "status-changed | /changedFields | []",
                "status-changed | /changedFields | [\"lastRun\"]",
                "status-changed | /changedFields | [\"lastStatus\",\"name\"]",
                "status-changed | /changedFields | [\"lastStatus\",\"lastStatus\"]",
                "status-changed | /before | NOTHING",
                "status-changed | /before | null",
                "status-changed | /after | NOTHING",
                "status-changed | /after | null",
                "status-changed | /after | {}",
                "status-changed | /after/id | NOTHING",
                "status-changed | /after/organizationId | NOTHING",
                "status-changed | /after/lastStatus | null",
                "status-changed | /after/lastRun | null",
                "status-changed | /after/isEnabled | \"true\"",
                "status-changed | /after/schedulePolicy | null",
                "status-changed | /after/schedulePolicy/retryEnabled | \"False\"",
                "status-changed | /after/schedulePolicy/retryNumber | \"3\"",
                "created | /initial | NOTHING",
                "created | /initial | \"true\"",
                "created | /before | {}",
                "created | /after | null",
                "created | /changedFields | [\"name\"]",
                "missing | /after | {}",
                "missing | /before | null",
                "missing | /changedFields | [\"name\"]",
                "reappeared | /before | null",
                "reappeared | /after | null",
                "reappeared | /changedFields | [\"name\"]",
                "enabled | /after/isEnabled | false",
                "enabled | /after/isEnabled | NOTHING",
                "enabled | /changedFields | []",
                "disabled | /after/isEnabled | true",
                "configuration-changed | /changedFields | []",
                "configuration-changed | /changedFields | [\"nextRun\"]",
                "configuration-changed | /changedFields | [\"isEnabled\"]",
                "configuration-changed | /after | null",
                "run-completed | /changedFields | [\"lastRun\",\"lastStatus\"]",
                "run-completed | /changedFields | [\"nextRun\"]",
                "run-completed | /before | null",
                "rescheduled | /changedFields | [\"lastRun\",\"nextRun\"]",
                "rescheduled | /after | null",
                "rebaselined | /before | null",
                "rebaselined | /changedFields | NOTHING",
                "erased | /present | NOTHING",
                "erased | /job/name | \"Mailboxes\"",
                "erased | /before | null",
                "erased | /after | null",
                "erased | /changedFields | []",
                "state | /id | NOTHING",
                "state | /organizationId | NOTHING",
                "state | /nextRun | null",
                "state | /isEnabled | \"TRUE\"",
            })
    void whatWasNotPromisedIsRefused(String example, String pointer, String value) {
        String schema = example.equals("state") ? Contract.STATE : Contract.EVENT;

        assertThat(contract.objections(schema, Edit.of(contract.example(example), pointer, value)))
                .isNotEmpty();
    }

    @ParameterizedTest(name = "{0} with {2} at {1}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "configuration-changed | /changedFields | [\"newField\"]",
                "status-changed | /server | {\"url\":\"https://vb365.example.com\"}",
                "status-changed | /organization/region | \"Germany\"",
                "status-changed | /organization/name | null",
                "status-changed | /job/name | null",
                "status-changed | /job/name | {\"length\":300000,\"sha256\":\"0\"}",
                "status-changed | /apiVersion | \"v9\"",
                "status-changed | /before | {}",
                "status-changed | /after/lastStatus | \"Hibernating\"",
                "status-changed | /after/lastStatus | 3",
                "status-changed | /after/lastStatus | NOTHING",
                "status-changed | /after/lastRun | \"soon\"",
                "status-changed | /after/isEnabled | \"1\"",
                "status-changed | /after/newField | [null]",
                "status-changed | /after/schedulePolicy | \"Daily\"",
                "status-changed | /after/schedulePolicy/newField | null",
                "rebaselined | /after | null",
                "rebaselined | /changedFields | []",
                "rebaselined | /before | {}",
                "missing | /before | {}",
                "erased | /by | \"operator\"",
                "state | /newField | true",
            })
    void whatIsNewOrUnknownIsNot(String example, String pointer, String value) {
        String schema = example.equals("state") ? Contract.STATE : Contract.EVENT;

        assertThat(contract.objections(schema, Edit.of(contract.example(example), pointer, value)))
                .isEmpty();
    }

    @Test
    void anExampleOfAKindIsOfNoOther() {
        for (ChangeKind kind : ChangeKind.values()) {
            for (ChangeKind other : ChangeKind.values()) {
                ObjectNode example = (ObjectNode) contract.example(kind.toString());
                example.put("kind", other.toString());
                // Nothing but its kind tells a job that was seen by another version from one that changed.
                if (kind != other && other != ChangeKind.REBASELINED && kind != ChangeKind.REBASELINED) {
                    assertThat(contract.objections(Contract.EVENT, example))
                            .as("%s as %s", kind, other)
                            .isNotEmpty();
                }
            }
        }
    }
}
