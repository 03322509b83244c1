package org.jobtrail.page;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jobtrail.body.Body;
import org.jobtrail.text.Sha256;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KnownPagesTest {

    private static final String REQUEST = "/v8/Jobs?offset=0&limit=10000";
    private static final String FIRST = "{\"id\":\"A\",\"eTag\":7,\"name\":\"Zürich 🚀\",\"window\":[true,false]}";
    private static final String SECOND = "{\"id\":\"b\",\"name\":\"Köln\"}";
    private static final String THIRD = "{ \"name\" : null }";

    private static final int MOST = 100;

    private final KnownPages known = new KnownPages(MOST);

    @Test
    void theSamePageIsReadAsItWas() {
        String page =
                "{\"limit\":3,\"results\":[ %s ,\n\t%s,%s ],\"_links\":{\"next\":{}}}".formatted(FIRST, SECOND, THIRD);
        read(page, true);

        ListPage again = read(page, true);

        assertSame(again, page, true);
        assertThat(again.elements()).extracting(ListElement::id).containsExactly("A", "b", null);
        assertThat(again.limit()).isEqualTo(3);
        assertThat(again.next()).isTrue();
    }

    @Test
    void onlyWhatIsAnotherIsCutIntoTokens() throws IOException {
        ListPage first = read(array(FIRST, SECOND, THIRD), false);

        ListPage second = read(array(FIRST, "{\"id\":\"b\",\"name\":\"Bonn\"}", THIRD), false);

        assertThat(second.elements().get(0).content())
                .isSameAs(first.elements().get(0).content());
        assertThat(second.elements().get(1).text()).contains("Bonn");
        assertThat(second.elements().get(2).content())
                .isSameAs(first.elements().get(2).content());
    }

    @Test
    void anEtagDoesNotMakeAnElementAnother() {
        ListPage first = read(array(FIRST, SECOND), false);

        ListPage second = read(array(FIRST.replace(":7", ":9"), SECOND), false);

        assertThat(second.elements().get(0).content())
                .isSameAs(first.elements().get(0).content());
        assertThat(second.elements().get(0).text()).contains("\"eTag\":9");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[%s,%s]x",
                "[%s,%s",
                "[%s %s]",
                "[%s,,%s]",
                "[%s,%s,]",
                "[,%s,%s]",
                "%s,%s]",
                "[%s,%s]]",
                "[%s,%s},",
                "",
                "[",
                "[%s,%s,\u0000]",
                "[%s;%s]",
                "[%s,%s\u00a0]",
                "[%s,%s] []",
                "[%s,{\"id\":1,\"eTag\":07}, %s]"
            })
    void whatIsWrongIsWrongHoweverMuchIsKnown(String broken) {
        read(array(FIRST, SECOND), false);
        String page = broken.formatted(FIRST, SECOND);

        assertThatThrownBy(() -> read(page, false))
                .isInstanceOf(UnreadableListException.class)
                .hasMessage(refusal(page, false));
    }

    @ParameterizedTest
    @ValueSource(strings = {"07", "-", "x", "", "7.", "\"7\"", "-7", " 7", "7 ", "7}"})
    void anEtagThatIsNoNumberIsReadLikeAnyOtherField(String etag) {
        String page = array(FIRST, SECOND);
        read(array(FIRST.replace(":7", ":" + "1".repeat(Math.max(1, etag.length()))), SECOND), false);
        String other = page.replace(":7,", ":" + etag + ",");

        if (refusal(other, false) == null) {
            assertSame(read(other, false), other, false);
        } else {
            assertThatThrownBy(() -> read(other, false)).hasMessage(refusal(other, false));
        }
    }

    @Test
    void whatIsNotUtf8IsRefused() {
        read(array(FIRST, SECOND), false);
        byte[] page = array(FIRST, SECOND.replace("Köln", "K_ln")).getBytes(UTF_8);
        page[page.length - 5] = (byte) 0xff;

        assertThatThrownBy(() -> known.read(REQUEST, Body.of(page), false)).hasMessageContaining("not UTF-8");
    }

    @Test
    void numbersAreNotTakenForTheBeginningOfLongerOnes() {
        read("[1,2]", false);

        assertSame(read("[1,22]", false), "[1,22]", false);
        assertSame(read("[12,2]", false), "[12,2]", false);
    }

    @Test
    void listsThatGrowAndShrinkAreReadAsIfNothingWereKnown() {
        var random = new Random(7);
        List<String> jobs = new ArrayList<>();
        for (int round = 0; round < 500; round++) {
            int what = random.nextInt(5);
            int where = random.nextInt(jobs.size() + 1);
            if (what < 2 || jobs.isEmpty()) {
                // Now and then an id that stands there already, and none.
                int id = round / 100 % 2 == 0 ? round : random.nextInt(round);
                String name = random.nextInt(30) == 0 ? "name" : "id";
                jobs.add(where, "{\"%s\":\"%d\",\"eTag\":%d,\"v\":[%d]}".formatted(name, id, round, random.nextInt()));
            } else if (what == 2) {
                jobs.remove(where % jobs.size());
            } else if (what == 3) {
                jobs.set(
                        where % jobs.size(),
                        jobs.get(where % jobs.size()).replaceAll("\"v\".*", "\"v\":" + round + "}"));
            } else {
                jobs = jobs.stream()
                        .map(job -> job.replaceAll("\"eTag\":\\d*", "\"eTag\":" + random.nextInt(1000)))
                        .collect(Collectors.toCollection(ArrayList::new));
            }
            boolean paged = random.nextBoolean();
            String list = String.join(random.nextBoolean() ? "," : " ,\r\n", jobs);
            String page = paged ? "{\"results\":[" + list + "],\"limit\":30}" : "[" + list + "]";
            assertSame(read(page, paged), page, paged);
        }
    }

    @Test
    void elementsAreFoundWhereverTheBodyIsCutIntoPieces() {
        byte[] page = array(FIRST, SECOND, THIRD).getBytes(UTF_8);
        for (int size = 1; size <= page.length + 1; size++) {
            var pieces = new ArrayList<byte[]>();
            for (int from = 0; from < page.length; from += size) {
                pieces.add(Arrays.copyOfRange(page, from, from + size));
            }

            ListPage read = known.read(REQUEST, Body.of(pieces, size, page.length), false);
            known.keep(REQUEST, read);
            assertThat(read.elements()).extracting(ListElement::text).containsExactly(FIRST, SECOND, THIRD);
        }
    }

    @Test
    void whatWasNotUsedForLongIsForgottenFirst() {
        var few = new KnownPages(12);
        String page = array("{\"id\":\"1\"}");
        ElementDigest first = content(few, "one", page);
        ElementDigest second = content(few, "two", page);
        content(few, "three", page);
        assertThat(content(few, "one", page)).isSameAs(first);

        content(few, "four", page);

        assertThat(content(few, "one", page)).isSameAs(first);
        assertThat(content(few, "two", page)).isNotSameAs(second);
    }

    @Test
    void aPageForWhichThereIsNoRoomIsReadAnyway() {
        var few = new KnownPages(3);
        String page = array(
                IntStream.range(0, 5).mapToObj("{\"id\":\"%d\"}"::formatted).toArray(String[]::new));

        content(few, "one", page);

        assertThat(few.read("one", body(page), false).elements()).hasSize(5);
    }

    private static ElementDigest content(KnownPages pages, String request, String page) {
        ListPage read = pages.read(request, body(page), false);
        pages.keep(request, read);
        return read.elements().get(0).content();
    }

    private ListPage read(String page, boolean paged) {
        ListPage read = known.read(REQUEST, body(page), paged);
        known.keep(REQUEST, read);
        return read;
    }

    private static String array(String... elements) {
        return "[" + String.join(",", elements) + "]";
    }

    private static Body body(String page) {
        return Body.of(page.getBytes(UTF_8));
    }

    /** Null where it is read. */
    private static String refusal(String page, boolean paged) {
        try {
            ListPage.read(body(page), paged, MOST);
            return null;
        } catch (UnreadableListException e) {
            return e.getMessage();
        }
    }

    private static void assertSame(ListPage read, String page, boolean paged) {
        ListPage expected = ListPage.read(body(page), paged, MOST);
        assertThat(read.limit()).isEqualTo(expected.limit());
        assertThat(read.next()).isEqualTo(expected.next());
        assertThat(read.elements())
                .usingElementComparator((one, other) -> one.text().equals(other.text())
                                && one.length() == other.length()
                                && Objects.equals(one.id(), other.id())
                                && Arrays.equals(one.digest(), other.digest())
                        ? 0
                        : 1)
                .containsExactlyElementsOf(expected.elements());
        assertThat(read.order().firstById()).isEqualTo(expected.order().firstById());
        assertThat(read.order().repeatsAnId()).isEqualTo(expected.order().repeatsAnId());
        assertThat(digest(read)).isEqualTo(digest(expected));
    }

    private static byte[] digest(ListPage page) {
        var sha256 = Sha256.begin();
        page.order().addDigests(sha256);
        return sha256.digest();
    }
}
