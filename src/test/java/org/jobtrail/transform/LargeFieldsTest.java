package org.jobtrail.transform;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.security.MessageDigest;
import java.util.HexFormat;
import org.jobtrail.fetch.ListElements;
import org.jobtrail.text.JsonText;
import org.jobtrail.veeam.Organization;
import org.junit.jupiter.api.Test;

class LargeFieldsTest {
    private static final Organization ORGANIZATION = new Organization("1", "contoso.com");

    @Test
    void aFieldThatIsTooLargeGivesWayToItsLengthAndItsDigest() throws Exception {
        String description = "é".repeat(200_000);

        JobSnapshot job = snapshot(900_000, "short", description);

        String sha256 =
                HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(description.getBytes(UTF_8)));
        assertThat(JsonText.of(job.field("description")))
                .isEqualTo("{\"length\":200000,\"sha256\":\"%s\"}".formatted(sha256));
        assertThat(job.text("name")).isEqualTo("short");
    }

    @Test
    void aFieldThatFitsIsKept() {
        assertThat(snapshot(900_000, "short", "x".repeat(298_000)).text("description"))
                .hasSize(298_000);
    }

    @Test
    void aChangeInsideAFieldThatWasReplacedIsStillAChange() {
        assertThat(snapshot(10_000, "a", "x".repeat(5_000)).differences(snapshot(10_000, "a", "x".repeat(4_999) + "y")))
                .containsExactly("description");
        assertThat(snapshot(10_000, "a", "x".repeat(5_000)).digest())
                .isEqualTo(snapshot(10_000, "a", "x".repeat(5_000)).digest());
    }

    @Test
    void onlyAsManyFieldsAsNecessaryAreReplacedTheLargestFirst() {
        JobSnapshot job = snapshot(10_000, "n".repeat(1_000), "d".repeat(1_500));

        assertThat(job.text("name")).isEqualTo("n".repeat(1_000));
        assertThat(job.field("description").isObject()).isTrue();
    }

    @Test
    void theIdIsNeverReplaced() {
        String id = "ä".repeat(500);
        ObjectNode job = JsonNodeFactory.instance.objectNode().put("id", id).put("name", "n".repeat(400));

        JobSnapshot snapshot = new JobSnapshots(10_000).snapshot(ListElements.of(JsonText.of(job)), ORGANIZATION);

        assertThat(JobSnapshot.parse(snapshot.json()).id()).isEqualTo(id);
    }

    private static JobSnapshot snapshot(int eventMaxBytes, String name, String description) {
        ObjectNode job = JsonNodeFactory.instance
                .objectNode()
                .put("id", "1")
                .put("name", name)
                .put("description", description);
        return new JobSnapshots(eventMaxBytes).snapshot(ListElements.of(JsonText.of(job)), ORGANIZATION);
    }
}
