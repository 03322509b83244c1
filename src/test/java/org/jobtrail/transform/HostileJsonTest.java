package org.jobtrail.transform;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.io.ByteArrayInputStream;
import java.nio.charset.Charset;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.jobtrail.fetch.JobList;
import org.jobtrail.fetch.JobLists;
import org.jobtrail.fetch.ListPages;
import org.jobtrail.fetch.OrganizationLists;
import org.jobtrail.page.KnownPages;
import org.jobtrail.page.UnreadableListException;
import org.jobtrail.support.HostileElement;
import org.jobtrail.text.JsonText;
import org.jobtrail.veeam.ApiVersion;
import org.jobtrail.veeam.Organization;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What becomes of JSON that no server should send: as a whole answer, as one job of a list, as a field of a job. */
class HostileJsonTest {
    private static final Organization ORGANIZATION = new Organization("1", "contoso.com");
    private static final String WELL = "{\"id\":\"%s\",\"name\":\"Job\",\"lastStatus\":\"Success\"}";

    private final ListPages pages = new ListPages();
    private final JobLists lists = new JobLists(Clock.systemUTC(), Duration.ofMinutes(2), KnownPages.ofThisProcess());
    private final OrganizationLists organizationLists =
            new OrganizationLists(Clock.systemUTC(), Duration.ofMinutes(2), KnownPages.ofThisProcess());
    private final JobTransformation transformation = new JobTransformation(new JobSnapshots(900_000));

    static Stream<Arguments> answers() {
        String list = "[{\"id\":\"ä\"}]";
        String deep = "[".repeat(100_000);
        return Stream.of(
                answer("nothing", "", "no list: it is empty"),
                answer("white space", " \r\n\t", "no list: it is empty"),
                answer("a byte-order mark", "\uFEFF", "no list: it is empty"),
                answer("null", "null", "no list: it is null"),
                answer("an empty text", "\"\"", "no list: it is a text"),
                answer("a number", "0", "no list: it is a number"),
                answer("a huge number", "1e400", "no list: it is a number"),
                answer("a number of 100,000 digits", "9".repeat(100_000), "no list: it is a number"),
                answer("a boolean", "false", "no list: it is a boolean"),
                answer("an empty object", "{}", "no list: it "),
                answer("an error", "{\"message\":\"The organization is locked\"}", "no list: it "),
                answer("a login page", "<!DOCTYPE html><title>Sign in</title>", "not whole JSON: what stands at byte "),
                answer("a truncated list", "[{\"id\":\"1\"},{\"na", "no"),
                answer("a truncated page", "{\"results\":[{\"id\":\"1\"}]", "no"),
                answer("garbage behind it", "[]<html>", "no"),
                answer("a second list behind it", "[][]", "no"),
                answer("U+0000 behind it", "[]\0", "no"),
                answer("an unescaped U+0000", "[\"\0\"]", "no"),
                answer("a field without quotes", "[{id:1}]", "no"),
                answer("100,000 opening brackets", deep, "no"),
                answer("100,000 opening braces", "{\"a\":".repeat(100_000), "no"),
                answer("300,000 brackets", deep.repeat(3) + "]".repeat(300_000), "no"),
                answer("two byte-order marks", "\uFEFF\uFEFF[]", "no"),
                answer("UTF-16, little end first", list.getBytes(UTF_16LE), "not UTF-8"),
                answer("UTF-16, big end first", list.getBytes(UTF_16BE), "not UTF-8"),
                answer("UTF-16 with its mark", ("\uFEFF" + list).getBytes(UTF_16LE), "not UTF-8"),
                answer("UTF-32", "[]".getBytes(Charset.forName("UTF-32LE")), "not UTF-8"),
                answer("Latin-1", list.getBytes(ISO_8859_1), "not UTF-8"),
                answer("half a character in a job", bytes("[{\"id\":\"1\",\"name\":\"", 0xC3, "\"}]"), "not UTF-8"),
                answer("half a character in an unknown field", bytes("[{\"new\":\"", 0xE2, "\"}]"), "not UTF-8"),
                answer("an overlong U+0000", bytes("[\"", 0xC0, "\u0080\"]"), "not UTF-8"),
                answer("a byte that is never text", bytes("[{\"id\":\"1\"},\"", 0xFF, "\"]"), "not UTF-8"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("answers")
    void anAnswerThatIsNoListIsRefusedWithAReasonAndNothingIsTakenFromIt(String name, byte[] body, String reason) {
        for (ApiVersion version : List.of(ApiVersion.V1, ApiVersion.V7, ApiVersion.V8)) {
            assertThatThrownBy(() -> pages.accept(
                            lists.start("hq", ORGANIZATION, version),
                            200,
                            "application/json",
                            new ByteArrayInputStream(body)))
                    .isInstanceOf(UnreadableListException.class)
                    .hasMessageStartingWith("the answer is " + reason)
                    .hasMessageNotContaining("Sign in")
                    .hasMessageNotContaining("locked");
            assertThatThrownBy(() -> pages.accept(
                            organizationLists.start("hq", version),
                            200,
                            "application/json",
                            new ByteArrayInputStream(body)))
                    .isInstanceOf(UnreadableListException.class)
                    .hasMessageStartingWith("the answer is " + reason);
        }
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({"a byte-order mark,\uFEFF,''", "white space,' \r\n\t',' \n'", "a mark and white space,'\uFEFF ',' '"})
    void whatStandsAroundAListDoesNotMatter(String name, String before, String after) {
        for (ApiVersion version : List.of(ApiVersion.V7, ApiVersion.V8)) {
            Listing listing = listing(version, before + page(version, WELL.formatted("ä")) + after);

            assertThat(listing.listed()).extracting(job -> job.key().id()).containsExactly("ä");
            assertThat(listing.partial()).isFalse();
        }
    }

    static Stream<HostileElement> elements() {
        return HostileElement.all().stream();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("elements")
    void anElementThatIsNoJobIsKeptAsideAsItCameAndTheOthersAreRead(HostileElement element) {
        for (ApiVersion version : List.of(ApiVersion.V7, ApiVersion.V8)) {
            Listing listing = listing(
                    version, page(version, WELL.formatted("a") + ", " + element.text() + " ," + WELL.formatted("b")));

            assertThat(listing.listed()).extracting(job -> job.key().id()).containsExactly("a", "b");
            assertThat(listing.partial()).isTrue();
            assertThat(listing.rejected()).hasSize(1);
            assertThat(listing.rejected().get(0).reason())
                    .startsWith(element.reason())
                    .hasSizeLessThan(100);
            assertThat(listing.rejected().get(0).raw().text()).isEqualTo(element.text());
            assertThat(listing.doubt()).startsWith("1 of 3 jobs kept aside: ").contains(element.reason());
        }
    }

    static Stream<HostileElement> harmless() {
        return HostileElement.harmless();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("harmless")
    void whatIsOddAboutAnUnknownFieldDoesNotMatter(HostileElement element) {
        for (ApiVersion version : List.of(ApiVersion.V7, ApiVersion.V8)) {
            Listing listing = listing(version, page(version, element.text()));

            assertThat(listing.partial()).isFalse();
            assertThat(snapshot(listing))
                    .isEqualTo("{\"id\":\"x\",\"lastStatus\":\"Success\",\"organizationId\":\"1\"}");
        }
    }

    @ParameterizedTest(name = "{0} sent as {1} is kept as {2}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            nullValues = "NOTHING",
            value = {
                "name | null | NOTHING",
                "name | \"\" | \"\"",
                "name | 7 | 7",
                "name | 9007199254740993 | 9007199254740993",
                "name | 1e400 | 1E+400",
                "name | true | true",
                "name | {\"a\":[1,\"\\ud800\"]} | {\"a\":[1,\"\\ud800\"]}",
                "name | \"a\\u0000b\" | \"a\\u0000b\"",
                "name | \"a\\ud800b\" | \"a\\ud800b\"",
                "name | \"\\ud83d\\ude80\" | \"🚀\"",
                "name | \"<script>'; DROP TABLE--\" | \"<script>'; DROP TABLE--\"",
                "lastStatus | null | NOTHING",
                "lastStatus | \"Hibernating\" | \"Hibernating\"",
                "lastStatus | \"sUCCESS\" | \"sUCCESS\"",
                "lastStatus | 3 | 3",
                "lastStatus | \"\\u0000\" | \"\\u0000\"",
                "lastStatus | [\"Success\"] | [\"Success\"]",
                "isEnabled | null | NOTHING",
                "isEnabled | true | true",
                "isEnabled | \"true\" | true",
                "isEnabled | \"TRUE\" | true",
                "isEnabled | \"False\" | false",
                "isEnabled | \"1\" | \"1\"",
                "isEnabled | 1 | 1",
                "isEnabled | \"\" | \"\"",
                "isEnabled | {} | {}",
                "lastRun | null | NOTHING",
                "lastRun | \"2026-11-22T23:59:59Z\" | \"2026-11-22T23:59:59.000000Z\"",
                "lastRun | \"2026-11-22T23:59:59.9Z\" | \"2026-11-22T23:59:59.900000Z\"",
                "lastRun | \"2026-11-22T23:59:59.999999999Z\" | \"2026-11-22T23:59:59.999999Z\"",
                "lastRun | \"2026-11-22T23:59:59.9999999-07:00\" | \"2026-11-23T06:59:59.999999Z\"",
                "lastRun | \"2026-11-22T23:59:59\" | \"2026-11-22T23:59:59\"",
                "lastRun | \"2026-11-22T23:59:59.1234567890Z\" | \"2026-11-22T23:59:59.1234567890Z\"",
                "lastRun | \"2016-12-31T23:59:60Z\" | \"2016-12-31T23:59:60Z\"",
                "lastRun | \"2026-11-22T24:00:00Z\" | \"2026-11-22T24:00:00Z\"",
                "lastRun | \"2026-02-29T00:00:00Z\" | \"2026-02-29T00:00:00Z\"",
                "lastRun | \"0001-01-01T00:00:00Z\" | NOTHING",
                "lastRun | \"0001-01-01T00:00:00+02:00\" | NOTHING",
                "lastRun | \"9999-12-31T23:59:59.9999999Z\" | NOTHING",
                "lastRun | \"+10000-01-01T00:00:00Z\" | NOTHING",
                "lastRun | \"soon\" | \"soon\"",
                "lastRun | \"\" | \"\"",
                "lastRun | 1763855999 | 1763855999",
                "lastRun | {\"date\":1} | {\"date\":1}",
                "description | \"\\u202e\" | \"\u202e\"",
                "repositoryId | null | NOTHING",
                "repositoryId | 7 | 7",
                "schedulePolicy | null | NOTHING",
                "schedulePolicy | \"Daily\" | \"Daily\"",
                "schedulePolicy | {} | {}",
                "schedulePolicy | {\"type\":\"Fortnightly\",\"new\":1} | {\"type\":\"Fortnightly\"}",
                "schedulePolicy | {\"retryNumber\":\"3\",\"retryEnabled\":\"TRUE\"} | {\"retryEnabled\":true,\"retryNumber\":3}",
                "schedulePolicy | {\"backupWindow\":{\"backupIntervalsArray\":[true,\"false\",\"True\"]}} | {\"backupWindow\":\"101\"}",
                "schedulePolicy | {\"backupWindowSettings\":{\"backupWindow\":[true,false,true]}} | {\"backupWindow\":\"101\"}",
                "schedulePolicy | {\"backupWindowSettings\":{\"backupWindow\":[]}} | {\"backupWindow\":\"\"}",
                "schedulePolicy | {\"backupWindowSettings\":{\"backupWindow\":[true,null]}} | {\"backupWindow\":[true,null]}",
                "schedulePolicy | {\"backupWindowSettings\":{\"backupWindow\":[true,2]}} | {\"backupWindow\":[true,2]}",
                "schedulePolicy | {\"backupWindowSettings\":{\"backupWindow\":[true,[false,{}]]}} | {\"backupWindow\":[true,[false,{}]]}",
                "schedulePolicy | {\"backupCopyWindowSettings\":{\"backupWindow\":[false]}} | {\"backupCopyWindow\":\"0\"}",
                "schedulePolicy | {\"dailyTime\":{\"backupWindow\":[true]}} | {\"dailyTime\":{\"backupWindow\":[true]}}",
                "name | {\"backupWindowSettings\":{\"backupWindow\":[true]}} | {\"backupWindowSettings\":{\"backupWindow\":[true]}}",
                "schedulePolicy | {\"backupWindowSettings\":null} | {}",
                "schedulePolicy | {\"backupWindowSettings\":7,\"backupWindow\":8} | {}",
            })
    void aFieldIsKeptAsItCameWhereItCannotBeUnderstood(String field, String sent, String kept) {
        for (ApiVersion version : List.of(ApiVersion.V7, ApiVersion.V8)) {
            Listing listing = listing(version, page(version, "{\"id\":\"x\",\"%s\":%s}".formatted(field, sent)));

            assertThat(listing.partial()).isFalse();
            JobSnapshot snapshot = onlySnapshot(listing);
            assertThat(snapshot.field(field) != null).isEqualTo(kept != null);
            if (kept != null) {
                assertThat(JsonText.of(snapshot.field(field))).isEqualTo(kept);
            }
            assertThat(JobSnapshot.parse(snapshot.json()).digest())
                    .as("the same after it was recorded")
                    .isEqualTo(snapshot.digest());
        }
    }

    @Test
    void aDescriptionOf20MegabytesIsKeptByItsLengthAndDigest() {
        Listing listing = listing(
                ApiVersion.V7,
                page(ApiVersion.V7, "{\"id\":\"x\",\"description\":\"" + "x".repeat(20_000_001) + "\"}"));

        assertThat(listing.partial()).isFalse();
        assertThat(snapshot(listing))
                .contains("\"description\":{\"length\":20000001,\"sha256\":")
                .hasSizeLessThan(300);
    }

    @ParameterizedTest(name = "a window of {0} hours")
    @CsvSource({"0", "1", "167", "168", "169", "100000"})
    void aWindowIsKeptWhateverItsLength(int hours) {
        String window = String.join(",", java.util.Collections.nCopies(hours, "true"));
        Listing listing = listing(
                ApiVersion.V7,
                page(
                        ApiVersion.V7,
                        "{\"id\":\"x\",\"schedulePolicy\":{\"backupWindowSettings\":{\"backupWindow\":[%s]}}}"
                                .formatted(window)));

        assertThat(snapshot(listing)).contains("\"backupWindow\":\"" + "1".repeat(hours) + "\"");
    }

    private Listing listing(ApiVersion version, String body) {
        JobList jobs = lists.start("hq", ORGANIZATION, version);
        while (jobs.isMore()) {
            pages.accept(jobs, 200, "application/json", new ByteArrayInputStream(body.getBytes(UTF_8)));
        }
        Listing listing = transformation.start(ORGANIZATION, jobs);
        TransformedList.of(transformation, listing, ORGANIZATION);
        assertThat(listing.elements()).isEqualTo(jobs.getJobs().size());
        return listing;
    }

    private static String snapshot(Listing listing) {
        return onlySnapshot(listing).json();
    }

    private static JobSnapshot onlySnapshot(Listing listing) {
        return listing.snapshot(listing.listed().findFirst().orElseThrow());
    }

    private static String page(ApiVersion version, String elements) {
        return version.paged()
                ? "{\"offset\":0,\"limit\":10000,\"results\":[%s]}".formatted(elements)
                : "[" + elements + "]";
    }

    private static Arguments answer(String name, String body, String reason) {
        return arguments(name, body.getBytes(UTF_8), reason);
    }

    private static Arguments answer(String name, byte[] body, String reason) {
        return arguments(name, body, reason);
    }

    private static byte[] bytes(String before, int odd, String after) {
        return (before + (char) odd + after).getBytes(ISO_8859_1);
    }
}
