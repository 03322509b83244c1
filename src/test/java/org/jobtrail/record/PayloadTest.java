package org.jobtrail.record;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import org.jobtrail.fetch.ListElements;
import org.jobtrail.record.Kinds.Kind;
import org.jobtrail.transform.JobKey;
import org.jobtrail.transform.JobSnapshot;
import org.jobtrail.transform.JobSnapshots;
import org.jobtrail.veeam.Organization;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PayloadTest {
    private static final JobKey KEY = Lists.key("a");
    private static final JobSnapshot BEFORE = Lists.snapshot(Lists.job("a", "Running"));
    private static final JobSnapshot AFTER = Lists.snapshot(Lists.job("a", "Success"));
    private static final Kind STATUS = new Kind(ChangeKind.STATUS_CHANGED, List.of("lastStatus"));

    @Test
    void aChangeIsOneLineOfJsonWithTheWholeJobBeforeAndAfter() {
        assertThat(text(payload(Lists.claim()), STATUS, BEFORE, AFTER)).isEqualTo("""
                {"source":"east",\
                "organization":{"id":"b2d9414d-c417-4a94-be3b-b38a3c2e8a7b","name":"contoso.com"},\
                "job":{"type":"backup","id":"a","name":"Job a"},\
                "kind":"status-changed",\
                "observedAt":"2026-11-23T10:00:00.000000Z","apiVersion":"v8",\
                "changedFields":["lastStatus"],\
                "before":{"id":"a","name":"Job a","lastStatus":"Running",\
                "organizationId":"b2d9414d-c417-4a94-be3b-b38a3c2e8a7b"},\
                "after":{"id":"a","name":"Job a","lastStatus":"Success",\
                "organizationId":"b2d9414d-c417-4a94-be3b-b38a3c2e8a7b"}}""");
    }

    @Test
    void onlyACreatedJobSaysWhetherItWasThereInTheFirstPoll() throws Exception {
        var first = Lists.firstClaim();
        var created = new Kind(ChangeKind.CREATED, List.of());

        assertThat(text(payload(first), created, null, AFTER)).contains("\"initial\":true", "\"before\":null");
        assertThat(text(payload(Lists.claim()), created, null, AFTER)).contains("\"initial\":false");
        assertThat(text(payload(first), STATUS, BEFORE, AFTER)).doesNotContain("initial");
    }

    @Test
    void aMissingJobIsToldByWhatItWas() {
        assertThat(text(payload(Lists.claim()), new Kind(ChangeKind.MISSING, List.of()), BEFORE, null))
                .contains("\"name\":\"Job a\"", "\"changedFields\":[]", "\"before\":{\"id\":\"a\"")
                .endsWith("\"after\":null}");
    }

    @Test
    void aLongNameOfAnOrganizationIsNotCutWithinACharacter() {
        String name = "x".repeat(255) + "\uD83D\uDE80";

        assertThat(Payload.shortened(name)).isEqualTo("x".repeat(255));
        assertThat(Payload.shortened("x" + name)).isEqualTo("x".repeat(256));
        assertThat(Payload.shortened("x".repeat(254) + "\uD83D\uDE80y")).endsWith("\uD83D\uDE80");
    }

    @Test
    void textOfTheServerNeverBreaksTheLine() throws Exception {
        JobSnapshot job = Lists.snapshot("{\"id\":\"a\",\"name\":\"x\\n\\r\\u0000\\u2028\\ud800\\\"y\"}");

        String payload = text(payload(Lists.claim()), STATUS, job, job);

        assertThat(payload).hasLineCount(1).doesNotContain("\u0000").doesNotContain("\uFFFD");
        assertThat(new ObjectMapper().readTree(payload).at("/job/name").textValue())
                .isEqualTo("x\n\r\u0000\u2028\ud800\"y");
    }

    @ParameterizedTest
    @ValueSource(ints = {10_000, 900_000})
    void aPayloadIsNeverLargerThanTheOperatorAllows(int eventMaxBytes) {
        var snapshots = new JobSnapshots(eventMaxBytes);
        int fits = eventMaxBytes / 3 - 1_000 - 120;
        var large = snapshots.snapshot(
                ListElements.of("{\"id\":\"a\",\"name\":\"%s\"}".formatted("n".repeat(fits))), Lists.ORGANIZATION);
        assertThat(large.text("name")).hasSize(fits);
        var longName = new Organization("b2d9414d-c417-4a94-be3b-b38a3c2e8a7b", "組".repeat(2_000));

        byte[] payload = new Payload("east", longName, Lists.claim(), "v8").of(KEY, STATUS, large, large);

        assertThat(payload.length).isLessThanOrEqualTo(eventMaxBytes);
    }

    private static String text(Payload payload, Kind kind, JobSnapshot before, JobSnapshot after) {
        return new String(payload.of(KEY, kind, before, after), UTF_8);
    }

    private static Payload payload(Claim claim) {
        return new Payload("east", Lists.ORGANIZATION, claim, "v8");
    }
}
