package org.jobtrail.transform;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.stream.IntStream;
import org.jobtrail.fetch.ListElements;
import org.jobtrail.page.ListElement;
import org.jobtrail.text.JsonText;
import org.jobtrail.text.RecordedJson;
import org.jobtrail.text.Sha256;
import org.jobtrail.veeam.Organization;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JobSnapshotsTest {
    private static final Organization ORGANIZATION =
            new Organization("b2d9414d-c417-4a94-be3b-b38a3c2e8a7b", "contoso.com");
    private static final String WINDOW =
            IntStream.range(0, 168).mapToObj(hour -> hour % 7 == 0 ? "0" : "1").reduce("", String::concat);

    private final JobSnapshots snapshots = new JobSnapshots(900_000);

    @Test
    void aJobOfVersionOneIsTypedAndWithoutWhatMovesByItself() throws IOException {
        JobSnapshot job = snapshot(fixture("v1.json"));

        assertThat(job.id()).isEqualTo("70a8cbaf-642f-4c6f-934d-fb10e597a82a");
        assertThat(job.json()).isEqualTo(JsonText.of(RecordedJson.object("""
                {"id":"70a8cbaf-642f-4c6f-934d-fb10e597a82a","name":"Zürich mailboxes","description":"",
                 "lastStatus":"Success","allMailboxes":true,"isEnabled":true,
                 "lastRun":"2026-11-22T23:59:59.999999Z","nextRun":"2026-11-23T23:00:00.000000Z",
                 "organizationId":"b2d9414d-c417-4a94-be3b-b38a3c2e8a7b",
                 "repositoryId":"a740fb93-4de8-4de4-977e-765dd092748f",
                 "schedulePolicy":{"type":"Daily","periodicallyEvery":"Minutes5","dailyType":"Everyday",
                   "dailyTime":"23:00:00","retryEnabled":true,"retryNumber":3,"retryWaitInterval":10,
                   "backupWindow":"%s"}}
                """.formatted(WINDOW))));
        assertThat(job.enabled()).isTrue();
    }

    @Test
    void aJobOfVersionEightSaysTheSameInItsOwnSpelling() throws IOException {
        JobSnapshot one = snapshot(fixture("v1.json"));
        JobSnapshot eight = snapshot(fixture("v8.json"));

        assertThat(eight.differences(one)).containsExactly("allMailboxes", "backupType", "schedulePolicy");
        assertThat(eight.text("schedulePolicy")).contains("\"backupWindow\":\"" + WINDOW + "\"");
        assertThat(eight.json()).doesNotContain("eTag", "processedObjects", "minuteOffset", "_links", "lastBackup");
    }

    @ParameterizedTest
    @CsvSource({"'\"eTag\": 17','\"eTag\": 18'", "'Objects\": 44','Objects\": 45'", "'Offset\": 120','Offset\": 60'"})
    void whatMovesByItselfIsNoChange(String before, String after) throws IOException {
        String text = fixture("v8.json");
        assertThat(text).contains(before);

        assertThat(snapshot(text.replace(before, after)).digest())
                .isEqualTo(snapshot(text).digest());
    }

    @Test
    void aCopyJobIsItsBackupJobItsRunsAndItsOwnWindow() throws IOException {
        assertThat(snapshot(fixture("v8-copy.json")).json()).isEqualTo(JsonText.of(RecordedJson.object("""
                {"id":"d1000000-0000-4000-8000-000000000001","name":"Mailboxes copy","lastStatus":"Queued",
                 "isEnabled":true,"lastRun":"2026-11-22T23:59:59.999999Z","lastBackup":"2026-11-22T20:00:00.000000Z",
                 "organizationId":"b2d9414d-c417-4a94-be3b-b38a3c2e8a7b",
                 "backupJobId":"70a8cbaf-642f-4c6f-934d-fb10e597a82a",
                 "repositoryId":"a740fb93-4de8-4de4-977e-765dd092748f",
                 "schedulePolicy":{"type":"Periodically","periodicallyEvery":"Hours12","backupCopyWindowEnabled":true,
                   "backupCopyWindow":"101"}}
                """)));
    }

    @Test
    void nullIsTheSameAsNotSaid() {
        assertThat(snapshot("{\"id\":\"1\",\"name\":null,\"lastRun\":null,\"schedulePolicy\":null}")
                        .digest())
                .isEqualTo(snapshot("{\"id\":\"1\"}").digest());
        assertThat(snapshot("{\"id\":\"1\",\"description\":\"\"}").differences(snapshot("{\"id\":\"1\"}")))
                .containsExactly("description");
    }

    /** Digests are in databases: they stay what they are, of whatever a server sends. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\0', textBlock = """
            "lastStatus":"Success","isEnabled":"True" | "lastStatus":"success","isEnabled":true,"organizationId":"1"
            "lastStatus":"\\u0130\\u212A \\u00C4\\u1E9E" | "lastStatus":"i̇k äß","organizationId":"1"
            "lastStatus":"A\\n\\\\N\\u0001\\u001f\\"" | "lastStatus":"a\\n\\\\n\\u0001\\u001F\\"","organizationId":"1"
            "lastStatus":"X\\uD800","name":"\\uD83D\\uDE80" | "name":"🚀","lastStatus":"x\\ud800","organizationId":"1"
            "lastStatus":{"lastStatus":"A"} | "lastStatus":{"lastStatus":"A"},"organizationId":"1"
            "lastStatus":["A",null,true,1.50] | "lastStatus":["A",null,true,1.50],"organizationId":"1"
            "lastStatus":-9223372036854775808 | "lastStatus":-9223372036854775808,"organizationId":"1"
            "lastStatus":9223372036854775808 | "lastStatus":9223372036854775808,"organizationId":"1"
            "lastStatus":1e400 | "lastStatus":1E+400,"organizationId":"1"
            "lastStatus":false,"isEnabled":0 | "lastStatus":false,"isEnabled":0,"organizationId":"1"
            "name":"\\"lastStatus\\":\\"A\\"" | "name":"\\"lastStatus\\":\\"A\\"","organizationId":"1"
            "description":{"lastStatus":"A"} | "description":{"lastStatus":"A"},"organizationId":"1"
            "schedulePolicy":{"type":"Daily","retryNumber":"3"} | "organizationId":"1","schedulePolicy":{"type":"daily","retryNumber":3}
            "schedulePolicy":{"type":{"type":"A"}} | "organizationId":"1","schedulePolicy":{"type":{"type":"A"}}
            "schedulePolicy":"Daily" | "organizationId":"1","schedulePolicy":"Daily"
            """)
    void theDigestIsOfTheTextWithItsEnumsInLowerCase(String fields, String text) {
        ListElement sent = ListElements.of("{\"id\":\"1\",%s}".formatted(fields));

        JobSnapshot job = snapshots.snapshot(sent, new Organization("1", "contoso.com"));

        assertThat(job.digest()).as(job.json()).isEqualTo(Sha256.of("{\"id\":\"1\",%s}".formatted(text)));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 7_900, 8_000, 20_000})
    void theDigestMindsNoLengthOfWhatStandsBeforeAnEnum(int length) {
        String before = "{\"id\":\"1\",\"name\":\"%s\",\"lastStatus\":".formatted("N".repeat(length));

        assertThat(snapshot(before + "\"SUCCESS\"}").digest())
                .isEqualTo(snapshot(before + "\"success\"}").digest())
                .isNotEqualTo(snapshot(before + "\"SUCCEED\"}").digest());
    }

    @Test
    void enumsAreComparedInAnyCaseAndKeptAsSent() {
        JobSnapshot upper = snapshot("""
                {"id":"1","lastStatus":"SUCCESS","backupType":"SelectedItems","schedulePolicy":{"type":"DAILY"}}""");
        JobSnapshot lower = snapshot("""
                {"id":"1","lastStatus":"success","backupType":"selecteditems","schedulePolicy":{"type":"Daily"}}""");

        assertThat(upper.digest()).isEqualTo(lower.digest());
        assertThat(upper.differences(lower)).isEmpty();
        assertThat(upper.text("lastStatus")).isEqualTo("SUCCESS");
        assertThat(lower.text("lastStatus")).isEqualTo("success");
    }

    @Test
    void aNameIsComparedExactly() {
        assertThat(snapshot("{\"id\":\"1\",\"name\":\"A\"}").differences(snapshot("{\"id\":\"1\",\"name\":\"a\"}")))
                .containsExactly("name");
    }

    @Test
    void aStatusThatNobodyKnowsIsKept() {
        assertThat(snapshot("{\"id\":\"1\",\"lastStatus\":\"Hibernating\"}").text("lastStatus"))
                .isEqualTo("Hibernating");
        assertThat(snapshot("{\"id\":\"1\",\"lastStatus\":{\"code\":7}}").text("lastStatus"))
                .isEqualTo("{\"code\":7}");
    }

    @ParameterizedTest
    @CsvSource({"true, true", "'\"true\"', true", "'\"True\"', true", "'\"FALSE\"', false", "false, false"})
    void aBooleanMayBeText(String sent, boolean enabled) {
        assertThat(snapshot("{\"id\":\"1\",\"isEnabled\":%s}".formatted(sent)).enabled())
                .isEqualTo(enabled);
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"yes\"", "1", "\"\"", "{}"})
    void whatIsNoBooleanIsKeptAndNotGuessed(String sent) {
        JobSnapshot job = snapshot("{\"id\":\"1\",\"isEnabled\":%s}".formatted(sent));

        assertThat(job.enabled()).isNull();
        assertThat(job.json()).contains("\"isEnabled\":" + sent);
    }

    @ParameterizedTest
    @CsvSource({
        "2026-11-22T23:59:59Z, 2026-11-22T23:59:59.000000Z",
        "2026-11-22T23:00:00Z, 2026-11-22T23:00:00.000000Z",
        "2026-11-22T23:00Z, 2026-11-22T23:00:00.000000Z",
        "2026-11-22t23:59:59z, 2026-11-22T23:59:59.000000Z",
        "2026-11-22T23:59:59-00:00, 2026-11-22T23:59:59.000000Z",
        "2026-11-22T23:59:59+18:00, 2026-11-22T05:59:59.000000Z",
        "2026-11-22T23:59:59+05:30:15, 2026-11-22T18:29:44.000000Z",
        "2026-11-22T23:59:59.1Z, 2026-11-22T23:59:59.100000Z",
        "2026-11-22T23:59:59.12Z, 2026-11-22T23:59:59.120000Z",
        "2026-11-22T23:59:59.123Z, 2026-11-22T23:59:59.123000Z",
        "2026-11-22T23:59:59.1234Z, 2026-11-22T23:59:59.123400Z",
        "2026-11-22T23:59:59.12345Z, 2026-11-22T23:59:59.123450Z",
        "2026-11-22T23:59:59.1+00:00, 2026-11-22T23:59:59.100000Z",
        "2026-11-22T23:59:59.1234567+00:00, 2026-11-22T23:59:59.123456Z",
        "2026-11-22T23:59:59.123456Z, 2026-11-22T23:59:59.123456Z",
        "2026-11-22T23:59:59.9999999Z, 2026-11-22T23:59:59.999999Z",
        "2026-11-22T23:59:59.99999999Z, 2026-11-22T23:59:59.999999Z",
        "2026-11-22T23:59:59.999999999Z, 2026-11-22T23:59:59.999999Z",
        "2026-11-22T23:59:59.9999999-07:00, 2026-11-23T06:59:59.999999Z",
        "2026-11-23T05:29:59.5+05:30, 2026-11-22T23:59:59.500000Z",
        "1969-12-31T23:59:59.9999999Z, 1969-12-31T23:59:59.999999Z"
    })
    void aMomentIsToldInUtcAndCutToMicroseconds(String sent, String kept) {
        JobSnapshot job = snapshot("{\"id\":\"1\",\"lastRun\":\"%s\"}".formatted(sent));

        assertThat(job.field("lastRun").textValue()).isEqualTo(kept);
        assertThat(job.moment("lastRun")).isEqualTo(kept);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0001-01-01T00:00:00Z",
                "0001-01-01T00:00:00+05:00",
                "9999-12-31T23:59:59.9999999Z",
                "9999-12-31T23:59:59.9999999-05:00",
                "+999999999-12-31T23:59:59.9999999Z",
                "0001-01-01T00:00:00",
                "9999-12-31T23:59:59.9999999"
            })
    void theLeastAndTheGreatestDateOfDotNetAreNone(String sent) {
        assertThat(snapshot("{\"id\":\"1\",\"nextRun\":\"%s\"}".formatted(sent)).digest())
                .isEqualTo(snapshot("{\"id\":\"1\"}").digest());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "soon",
                "2026-11-22",
                "2026-11-22T23:59:59",
                "2026-02-30T00:00:00Z",
                "2026-11-22T23:59:59+18:01",
                "2026-11-22T23:59:59.1234567+5:30",
                "2026-11-22 23:59:59Z",
                "2026-11-22T24:00:00Z",
                "2026-11-22T23:59:60Z",
                "2026-11-22T23:59:59.1234567891Z",
                "/Date(1511301599000)/"
            })
    void textThatIsNoMomentIsKeptAsItIsAndHasNoTypedForm(String sent) {
        JobSnapshot job = snapshot("{\"id\":\"1\",\"lastRun\":\"%s\"}".formatted(sent));

        assertThat(job.field("lastRun").textValue()).isEqualTo(sent);
        assertThat(job.moment("lastRun")).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"name\":\"a\"}",
                "{\"id\":null}",
                "{\"id\":\"\"}",
                "{\"id\":\" \"}",
                "{\"id\":7}",
                "{\"id\":{}}",
                "{\"id\":\"1\",\"id\":\"2\"}",
                "{\"id\":\"1\",\"schedulePolicy\":{\"type\":\"Daily\",\"type\":\"Daily\"}}",
                "{\"id\":\"1\",\"name\":1e99999999999}",
                "{\"id\":\"1\",\"new\":{\"a\":1,\"a\":1}}",
                "{\"id\":\"1\",\"new\":1,\"new\":1}",
                "null",
                "7",
                "\"id\"",
                "[]",
                "[{\"id\":\"1\"}]"
            })
    void anElementThatIsNoJobIsUnreadable(String text) {
        assertThatThrownBy(() -> snapshot(text)).isInstanceOf(UnreadableJobException.class);
    }

    @Test
    void anElementThatIsTooMuchIsUnreadable() {
        assertThatThrownBy(() -> snapshot("{\"id\":\"%s\"}".formatted("x".repeat(1_001))))
                .isInstanceOf(UnreadableJobException.class)
                .hasMessage("its id is longer than 1000 bytes");
        assertThatThrownBy(() -> snapshot("{\"id\":\"1\",\"a\":" + "[".repeat(5_000) + "]".repeat(5_000) + "}"))
                .isInstanceOf(UnreadableJobException.class);
    }

    @Test
    void aReasonIsAShortLineThatCanBeStoredWhateverTheServerSent() {
        assertThatThrownBy(() -> snapshot(
                        "{\"a\\u0000\\n\\u001b%1$s\":1,\"a\\u0000\\n\\u001b%1$s\":2}".formatted("b".repeat(9_000))))
                .isInstanceOf(UnreadableJobException.class)
                .satisfies(e -> assertThat(e.getMessage())
                        .contains("Duplicate")
                        .hasSizeLessThan(600)
                        .doesNotContainPattern("\\p{Cc}"));
    }

    @Test
    void anIdOfTheSameUuidIsTheSameJob() {
        assertThat(snapshot("{\"id\":\"70A8CBAF-642F-4C6F-934D-FB10E597A82A\"}").id())
                .isEqualTo("70a8cbaf-642f-4c6f-934d-fb10e597a82a");
        assertThat(snapshot("{\"id\":\"Job A\"}").id()).isEqualTo("Job A");
        assertThat(snapshot("{\"id\":\"00000000-0000-0000-0000-000000000000\"}").id())
                .isEqualTo("00000000-0000-0000-0000-000000000000");
    }

    @Test
    void textThatPostgresCannotHoldStaysInTheSnapshotAndIsReplacedInItsColumns() {
        JobSnapshot job = snapshot("{\"id\":\"a\\u0000b\",\"name\":\"x\\u0000y\\ud800z\\ud83d\\ude80\"}");

        assertThat(job.id()).isEqualTo("a\uFFFDb");
        assertThat(job.json()).contains("x\\u0000y\\ud800z🚀");
        assertThat(job.text("name")).isEqualTo("x\uFFFDy\uFFFDz🚀");
        assertThat(new String(job.json().getBytes(UTF_8), UTF_8)).isEqualTo(job.json());
        assertThat(JobSnapshot.parse(job.json()).digest()).isEqualTo(job.digest());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1e400",
                "-1E-400",
                "1.10",
                "123456789012345678901234567890",
                "0.1000000000000000055511151231257827",
                "9223372036854775808",
                "-0.0"
            })
    void aNumberOfAnySizeIsTheSameAfterItWasRecorded(String number) {
        JobSnapshot job = snapshot("{\"id\":\"1\",\"description\":%s}".formatted(number));

        JobSnapshot recorded = JobSnapshot.parse(job.json());

        assertThat(new java.math.BigDecimal(job.text("description"))).isEqualByComparingTo(number);
        assertThat(recorded.digest()).isEqualTo(job.digest());
        assertThat(recorded.differences(job)).isEmpty();
    }

    @Test
    void aRepositoryIsNamedByItsFieldOrByTheEndOfItsLink() {
        assertThat(snapshot("{\"id\":\"1\",\"_links\":{\"backupRepository\":{\"href\":\"/v5/Repositories/R1/?x=/y\"}}}")
                        .text("repositoryId"))
                .isEqualTo("R1");
        assertThat(snapshot("{\"id\":\"1\",\"repositoryId\":\"R2\",\"_links\":{\"repository\":{\"href\":\"/R1\"}}}")
                        .text("repositoryId"))
                .isEqualTo("R2");
        assertThat(snapshot("{\"id\":\"1\",\"_links\":[]}").text("repositoryId"))
                .isNull();
    }

    private JobSnapshot snapshot(String text) {
        return snapshots.snapshot(ListElements.of(text), ORGANIZATION);
    }

    private static String fixture(String name) throws IOException {
        try (var in = JobSnapshotsTest.class.getResourceAsStream("/jobs/" + name)) {
            return new String(in.readAllBytes(), UTF_8);
        }
    }
}
