package org.jobtrail.fetch;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.jobtrail.body.Body;
import org.jobtrail.page.ElementDigest;
import org.jobtrail.page.ElementList;
import org.jobtrail.page.KnownPages;
import org.jobtrail.page.ListElement;
import org.jobtrail.veeam.ApiVersion;
import org.jobtrail.veeam.Organization;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PackedListTest {

    private static final int LONG = 5_000;
    private static final int PAGE = 300;

    private final KnownPages large = new KnownPages(1_000_000);
    private final KnownPages small = new KnownPages(1_100);
    private final Random random = new Random(7);

    @ParameterizedTest
    @EnumSource(names = {"V7", "V8"})
    void aLongListIsReadAsAShortOneIs(ApiVersion version) {
        PagingServer server = server(this::uuid);

        assertSame(server, version);
    }

    @ParameterizedTest
    @EnumSource(names = {"V7", "V8"})
    void anIdMayBeAnyText(ApiVersion version) {
        for (String odd : List.of("job", "ZÜRICH", "12345678-1234-1234-1234-12345678901", "")) {
            PagingServer server = server(this::uuid);
            server.elements.set(2_500, PagingServer.element(odd));
            server.elements.set(LONG - 1, PagingServer.element(odd + "\\uFFFD"));
            server.elements.set(17, "{\"name\":\"none\"}");

            assertSame(server, version);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"V7", "V8"})
    void jobsOfOneIdAreFoundWhereverTheyStand(ApiVersion version) {
        PagingServer same = server(this::uuid);
        same.elements.set(3_001, same.elements.get(3_002));
        assertSame(same, version);

        PagingServer others = server(this::uuid);
        others.elements.set(4_000, others.elements.get(1).replace("name", "other"));
        assertSame(others, version);
        assertThat(others.read(version, small).doubt().isPresent())
                .as("on several pages, one may have been passed over")
                .isEqualTo(version.paged());
    }

    @Test
    void theOrderDoesNotDependOnHowIdsBegin() {
        assertSame(server(i -> new UUID(random.nextInt(3), random.nextLong()).toString()), ApiVersion.V8);
        assertSame(server(i -> new UUID(-random.nextInt(3), -i).toString()), ApiVersion.V8);
    }

    @Test
    void theContentIsTheSameInAnyOrder() {
        PagingServer server = server(this::uuid);
        String content = server.read(ApiVersion.V8, small).contentDigest();

        Collections.shuffle(server.elements, random);

        assertThat(server.read(ApiVersion.V8, small).contentDigest()).isEqualTo(content);
    }

    @Test
    void ofAListThatIsTooLongNoPageIsKnownAndNothingElseForgotten() {
        var organization = new Organization("2", null);
        List<String> few = List.of(PagingServer.element("1"));
        ElementDigest before = read(organization, few);

        server(this::uuid).read(ApiVersion.V8, small);

        assertThat(read(organization, few)).isSameAs(before);
    }

    @Test
    void allPagesOfAListThatIsNotTooLongAreKnown() {
        var server = new PagingServer(1_000, PAGE);
        List<ElementDigest> before = texts(server.read(ApiVersion.V8, small));

        assertThat(texts(server.read(ApiVersion.V8, small)))
                .usingElementComparator((one, other) -> one == other ? 0 : 1)
                .isEqualTo(before);
    }

    private ElementDigest read(Organization organization, List<String> elements) {
        var list = new JobList("hq", organization, ApiVersion.V7, Instant.MAX, small);
        list.received(Body.of(("[" + String.join(",", elements) + "]").getBytes(StandardCharsets.UTF_8)));
        return texts(list).get(0);
    }

    private static List<ElementDigest> texts(JobList list) {
        return list.getJobs().stream().map(ListElement::content).toList();
    }

    private String uuid(int number) {
        return new UUID(random.nextLong(), random.nextLong()).toString();
    }

    private static PagingServer server(IntFunction<String> id) {
        var server = new PagingServer(0, PAGE);
        IntStream.range(0, LONG).mapToObj(id).map(PagingServer::element).forEach(server.elements::add);
        return server;
    }

    private void assertSame(PagingServer server, ApiVersion version) {
        JobList read = server.read(version, small);
        JobList expected = server.read(version, large);
        assertThat(((ElementList) read.getJobs()).isPacked()).isTrue();
        assertThat(((ElementList) expected.getJobs()).isPacked()).isFalse();
        assertThat(lines(read)).isEqualTo(lines(expected));
        assertThat(read.contentDigest()).isEqualTo(expected.contentDigest());
        assertThat(read.firstById()).isEqualTo(expected.firstById());
        assertThat(read.doubt()).isEqualTo(expected.doubt());
        var ids = new ArrayList<>(List.of("absent", "", new UUID(0, 0).toString(), "zzz"));
        read.getJobs().stream().map(ListElement::id).filter(id -> id != null).forEach(ids::add);
        assertThat(ids)
                .allSatisfy(id -> assertThat(Math.max(-1, read.find(id))).isEqualTo(Math.max(-1, expected.find(id))));
    }

    private static List<String> lines(JobList list) {
        return list.getJobs().stream()
                .map(element -> element.id() + Arrays.toString(element.digest()) + element.text())
                .toList();
    }
}
