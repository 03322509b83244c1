package org.jobtrail.page;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.Charset;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.jobtrail.body.Body;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ListPageTest {

    @Test
    void eachElementOfAnArrayKeepsItsBytes() throws Exception {
        String first = "{ \"id\" : \"1\",\n  \"name\": \"Zürich 🚀 \\u00fc\" }";
        String second = "{\"id\":\"2\",\"schedulePolicy\":{\"window\":[true,[],{}]}}";

        List<ListElement> jobs =
                array(" [ " + first + " ,\n\t" + second + " ] \n").elements();

        assertThat(jobs).extracting(ListElement::text).containsExactly(first, second);
        assertThat(jobs.get(0).digest())
                .isEqualTo(MessageDigest.getInstance("SHA-256").digest(first.getBytes(UTF_8)));
    }

    @Test
    void aByteOrderMarkIsNoPartOfTheFirstElement() {
        assertThat(array("\uFEFF[{\"id\":\"ä\"},{\"id\":\"2\"}]").elements())
                .extracting(ListElement::text)
                .containsExactly("{\"id\":\"ä\"}", "{\"id\":\"2\"}");
        assertThat(page("\uFEFF{\"results\":[ {\"id\":\"ä\"} ]}").elements())
                .extracting(ListElement::text)
                .containsExactly("{\"id\":\"ä\"}");
    }

    @Test
    void aScalarIsAnElementLikeAnyOther() {
        assertThat(array("[null, true ,false,12 , -1.5e+300,\"ä]\\\"\" ,\"\",[] , {}, 7]")
                        .elements())
                .extracting(ListElement::text)
                .containsExactly("null", "true", "false", "12", "-1.5e+300", "\"ä]\\\"\"", "\"\"", "[]", "{}", "7");
    }

    @Test
    void longElementsKeepTheirBytesAcrossTheBuffersOfTheParser() {
        String text = "{\"id\":\"1\",\"description\":\"%s\"}".formatted("äöü€🚀".repeat(20_000));

        assertThat(array("[\"%s\",%s]".formatted("é".repeat(70_000), text))
                        .elements()
                        .get(1)
                        .text())
                .isEqualTo(text);
    }

    @Test
    void anElementKeepsItsBytesWhereverTheBodyIsCutIntoPieces() {
        String element = "{\"id\":\"1\",\"eTag\":77,\"name\":\"äöü€🚀\"}";
        byte[] list = "[%s, %s]".formatted(element, element).getBytes(UTF_8);
        for (int size = 1; size <= list.length + 1; size++) {
            var pieces = new ArrayList<byte[]>();
            for (int from = 0; from < list.length; from += size) {
                pieces.add(Arrays.copyOfRange(list, from, from + size));
            }
            List<ListElement> elements =
                    read(Body.of(pieces, size, list.length), false).elements();

            assertThat(elements).extracting(ListElement::text).containsExactly(element, element);
            assertThat(elements.get(0).digest())
                    .isEqualTo(array("[" + element + "]").elements().get(0).digest());
        }
    }

    @Test
    void anEmptyArrayIsAnEmptyList() {
        assertThat(array("[]").elements()).isEmpty();
        assertThat(page("{\"results\":[]}").elements()).isEmpty();
    }

    @Test
    void aPageIsReadWhateverStandsAroundItsResults() {
        ListPage page = page("""
                {"_links":{"next":{"href":"/v7/Jobs?offset=30"},"results":[{"id":"not me"}]},"offset":0,
                 "results":[{"id":"1"},{"id":"2"}],"limit":30,"setId":"x","new":[1,{"limit":5}]}
                """);

        assertThat(page.elements()).extracting(ListElement::text).containsExactly("{\"id\":\"1\"}", "{\"id\":\"2\"}");
        assertThat(page.limit()).isEqualTo(30);
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"30\"", "null", "30.5", "1e9", "-1", "0", "{}", "[30]"})
    void aLimitThatIsNoNumberOfElementsIsNone(String limit) {
        assertThat(page("{\"limit\":%s,\"results\":[]}".formatted(limit)).limit())
                .isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"10001", "2147483648", "18446744073709551617", "99999999999999999999999999999999999999999"})
    void aLimitAboveOursIsOurs(String limit) {
        assertThat(page("{\"results\":[],\"limit\":%s}".formatted(limit)).limit())
                .isEqualTo(10_000);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"{}", "{\"id\":\"1\"}", "{\"{\":1}", "{\"a\":1,\"a\":2}", "{\"a\":1e400000000000}", "\"\\ud800\""
            })
    void anElementThatIsNoUsableJobDoesNotSpoilTheList(String element) {
        assertThat(array("[%s,{\"id\":\"2\"}]".formatted(element)).elements())
                .extracting(ListElement::text)
                .containsExactly(element, "{\"id\":\"2\"}");
    }

    @Test
    void anElementThatIsTooMuchForAJsonLibraryDoesNotSpoilTheListEither() {
        String deep = "[".repeat(5_000) + "]".repeat(5_000);
        String number = "9".repeat(5_000);
        String name = "{\"" + "n".repeat(60_000) + "\":1}";

        assertThat(array("[%s,%s,%s,{\"id\":\"2\"}]".formatted(deep, number, name))
                        .elements())
                .extracting(ListElement::text)
                .containsExactly(deep, number, name, "{\"id\":\"2\"}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " \n",
                "\uFEFF",
                "null",
                "true",
                "\"\"",
                "0",
                "<!DOCTYPE html><html><body>Log in</body></html>",
                "[",
                "[{\"id\":\"1\"}",
                "[{\"id\":\"1\"},",
                "[{\"id\":\"1\"},]",
                "[{\"id\":\"1\"},{\"id\":\"2",
                "[{\"id\":\"1\"},{\"id\":\"2\"]",
                "[{\"id\":\"1\"}]]",
                "[{\"id\":\"1\"}] [ ]",
                "[{\"id\":\"1\"}]<html>",
                "[{id:1}]",
                "[NaN]",
                "['a']",
                "[\"\t\"]",
                "[\"\u0000\"]",
                "[01]"
            })
    void whatIsNoWholeJsonIsNoList(String body) {
        refused(body.getBytes(UTF_8), false);
        refused(body.getBytes(UTF_8), true);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"message\":\"The organization is locked\"}",
                "{\"results\":null}",
                "{\"results\":{}}",
                "{\"results\":[],\"results\":[]}",
                "{\"limit\":30,\"results\":[],\"limit\":10000}",
                "{\"results\":[{\"id\":\"1\"}]",
                "{\"results\":[{\"id\":\"1\"}",
                "{\"results\":[{\"id\":\"1\"}],\"limit\":3",
                "{\"results\":[]}{\"results\":[]}",
                "[]"
            })
    void whatIsNoPageIsNotReadAsOne(String body) {
        refused(body.getBytes(UTF_8), true);
    }

    @Test
    void aPageIsNotReadWhereTheVersionPromisesAnArray() {
        refused("{\"results\":[]}".getBytes(UTF_8), false);
        refused("{}".getBytes(UTF_8), false);
    }

    static Stream<Charset> otherCharsets() {
        return Stream.of(
                UTF_16, UTF_16LE, UTF_16BE, Charset.forName("UTF-32LE"), Charset.forName("UTF-32BE"), ISO_8859_1);
    }

    @ParameterizedTest
    @MethodSource("otherCharsets")
    void whatIsNotUtf8IsNotGuessed(Charset charset) {
        refused("[{\"id\":\"ä\"}]".getBytes(charset), false);
    }

    @Test
    void bytesThatAreNotUtf8AreNotReplaced() {
        refused(bytes('[', '"', 0xC3, '"', ']'), false);
        refused(bytes('[', '"', 0xED, 0xA0, 0x80, '"', ']'), false);
        refused(bytes('[', '"', 0xC0, 0x80, '"', ']'), false);
        refused(bytes('[', ']', 0xF0, 0x9F), false);
    }

    @Test
    void oneByteThatIsNotUtf8IsFoundWhereverItStands() {
        for (int position = 2; position < 40; position++) {
            byte[] list = ("[\"" + "a".repeat(40) + "\"]").getBytes(UTF_8);
            list[position] = (byte) 0xFC;
            refused(list, false);
        }
    }

    @Test
    void utf16IsNotGuessedBehindAByteOrderMarkOfUtf8() {
        refused(bytes(0xEF, 0xBB, 0xBF, '[', 0, ']', 0), false);
    }

    @Test
    void aHundredThousandBracketsInOneElementCostOnlyThatOne() {
        String deep = "[".repeat(100_000) + "]".repeat(100_000);
        String deeper = "{\"a\":".repeat(100_000) + "1" + "}".repeat(100_000);

        assertThat(array("[%s,{\"id\":\"2\"},%s]".formatted(deep, deeper)).elements())
                .extracting(ListElement::text)
                .containsExactly(deep, "{\"id\":\"2\"}", deeper);
    }

    @Test
    void aLimitOfAMillionDigitsCostsNoTime() {
        assertThat(page("{\"limit\":%s,\"results\":[]}".formatted("9".repeat(5_000_000)))
                        .limit())
                .isEqualTo(10_000);
        assertThat(page("{\"limit\":-%s,\"results\":[]}".formatted("9".repeat(5_000_000)))
                        .limit())
                .isZero();
    }

    @Test
    void aHundredThousandOpeningBracketsAreRefusedAndDoNotOverflow() {
        refused("[".repeat(100_000).getBytes(UTF_8), false);
        refused(("[".repeat(300_000) + "]".repeat(300_000)).getBytes(UTF_8), false);
        refused("{\"results\":".repeat(100_000).getBytes(UTF_8), true);
        refused(("{\"a\":" + "[".repeat(100_000)).getBytes(UTF_8), true);
    }

    /** As a few hundred kilobytes may be, packed. */
    @ParameterizedTest
    @ValueSource(strings = {"{\"id\":\"1\",\"other\":\"%s\"}", "{\"id\":\"%s\"}", "{\"%s\":1}", "\"%s\""})
    void anElementThatMemoryHasNoRoomForCostsItsListAndNotTheProgram(String element) {
        String[] around = ("[" + element + "]").split("%s");
        var body = new Endless(around[0], 'x', ElementReader.LARGEST + 1L, around[1]);

        assertThatThrownBy(() -> read(body, false))
                .isInstanceOf(UnreadableListException.class)
                .hasMessageContaining(Integer.toString(ElementReader.LARGEST));
        assertThat(body.largest).isLessThanOrEqualTo(1_000_000);
    }

    /** Of which nothing is in memory. */
    private static final class Endless extends Body {

        private final byte[] before;
        private final byte filling;
        private final long filled;
        private final byte[] after;
        private int largest;

        Endless(String before, char filling, long filled, String after) {
            this.before = before.getBytes(UTF_8);
            this.filling = (byte) filling;
            this.filled = filled;
            this.after = after.getBytes(UTF_8);
        }

        @Override
        public long length() {
            return before.length + filled + after.length;
        }

        @Override
        public Slice slice(long from, int length) {
            largest = Math.max(largest, length);
            byte[] bytes = new byte[length];
            for (int i = 0; i < length; i++) {
                long at = from + i;
                long behind = at - before.length - filled;
                bytes[i] = at < before.length ? before[(int) at] : behind < 0 ? filling : after[(int) behind];
            }
            return new Slice(bytes, 0, length);
        }

        @Override
        public boolean takesMemory() {
            return false;
        }
    }

    @Test
    void aListThatEndsTooEarlyIsSaidToWithoutAWordOfWhatStandsInIt() {
        assertThatThrownBy(() -> array("[{\"id\":\"secret"))
                .hasMessage("the answer is not whole JSON: it ends too early");
        assertThatThrownBy(() -> array("[{\"id\":secret}]"))
                .hasMessageStartingWith("the answer is not whole JSON: what stands at byte ")
                .hasMessageNotContaining("secret");
    }

    private static void refused(byte[] body, boolean paged) {
        assertThatThrownBy(() -> read(Body.of(body), paged))
                .isInstanceOf(UnreadableListException.class)
                .hasMessageStartingWith("the answer is no")
                .hasMessageNotContaining("\n");
    }

    private static ListPage array(String body) {
        return read(Body.of(body.getBytes(UTF_8)), false);
    }

    private static ListPage page(String body) {
        return read(Body.of(body.getBytes(UTF_8)), true);
    }

    private static ListPage read(Body body, boolean paged) {
        return ListPage.read(body, paged, 1_000);
    }

    private static byte[] bytes(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return bytes;
    }
}
