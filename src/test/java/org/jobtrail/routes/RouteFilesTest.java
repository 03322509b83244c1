package org.jobtrail.routes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.model.ModelCamelContext;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.RouteTemplateDefinition;
import org.apache.camel.model.RoutesDefinition;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.jobtrail.pipeline.InvalidRoutesException;
import org.jobtrail.support.PostgresServer;
import org.jobtrail.support.RealServers;
import org.jobtrail.support.TestDatabase;
import org.jobtrail.support.TestPipeline;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;

@ExtendWith(RealServers.class)
@TestInstance(Lifecycle.PER_CLASS)
class RouteFilesTest {

    private static final String ON_ERROR = "0-on-error.camel.yaml";

    /** What is done for each organization and each job, but for requests. */
    private static final Set<String> ONCE = Set.of(
            "claim-organizations",
            "poll-organizations",
            "transform-jobs",
            "record-list",
            "record-history",
            "record-together",
            "record-alone",
            "compare-jobs");

    private final TestDatabase database;
    private final Logger yaml = (Logger) LoggerFactory.getLogger("org.apache.camel");
    private final ListAppender<ILoggingEvent> logged = new ListAppender<>();

    RouteFilesTest(PostgresServer server) throws SQLException {
        database = server.migratedDatabase();
    }

    @BeforeEach
    void listen() {
        logged.list.clear();
        logged.start();
        yaml.addAppender(logged);
    }

    @AfterEach
    void listenNoLonger() {
        yaml.detachAppender(logged);
    }

    @Test
    void everyFileHoldsOneRouteWhoseIdIsTheNameOfTheFile() throws IOException {
        try (var pipeline = TestPipeline.start(TestPipeline.CHECKOUT, database)) {
            Map<String, List<String>> ids = routes(pipeline).stream()
                    .collect(Collectors.groupingBy(
                            RouteFilesTest::file,
                            Collectors.mapping(RouteDefinition::getRouteId, Collectors.toList())));

            assertThat(ids)
                    .isEqualTo(files().stream()
                            .filter(file -> !file.equals(ON_ERROR))
                            .collect(Collectors.toMap(file -> file, file -> List.of(name(file)))));
            assertThat(((ModelCamelContext) pipeline.context()).getRouteConfigurationDefinitions())
                    .extracting(configuration -> configuration.getId())
                    .containsExactly("on-error", "on-error-once");
        }
    }

    @Test
    void everyRouteSaysWhatItDoesAndHasAnAnswerToErrors() {
        try (var pipeline = TestPipeline.start(TestPipeline.CHECKOUT, database)) {
            assertThat(routes(pipeline)).isNotEmpty().allSatisfy(route -> {
                assertThat(route.getDescriptionText()).as(route.getRouteId()).isNotBlank();
                assertThat(route.getRouteConfigurationId())
                        .as(route.getRouteId())
                        .isEqualTo(ONCE.contains(route.getRouteId()) ? "on-error-once" : "on-error");
            });
        }
    }

    @Test
    void aRouteIsCalledByItsId() {
        try (var pipeline = TestPipeline.start(TestPipeline.CHECKOUT, database)) {
            List<String> direct = routes(pipeline).stream()
                    .filter(route -> route.getInput().getEndpointUri().startsWith("direct:"))
                    .map(RouteDefinition::getRouteId)
                    .toList();

            // But for on-error, the timer, and what comes from Kafka.
            assertThat(direct).hasSize(files().size() - 3);
            assertThat(routes(pipeline))
                    .filteredOn(route -> direct.contains(route.getRouteId()))
                    .allSatisfy(route -> assertThat(
                                    route.getInput().getEndpointUri().replace("-of-{{source}}", ""))
                            .isEqualTo("direct:" + route.getRouteId()));
        }
    }

    @Test
    void everyFileTellsItsPromiseInAComment() {
        assertThat(files())
                .allSatisfy(file ->
                        assertThat(Files.readString(Path.of("routes", file))).startsWith("# "));
    }

    @Test
    void theFilesAreInCanonicalNotation() {
        TestPipeline.start(TestPipeline.CHECKOUT, database).close();

        assertThat(compactNotation()).isEmpty();
    }

    @Test
    void anotherRouteFileIsWelcomeAndCompactNotationIsNoticed(@TempDir Path home) throws IOException {
        copyOfTheCheckout(home);
        Files.writeString(home.resolve("routes/9-more.camel.yaml"), """
                - route:
                    id: more
                    from:
                      uri: direct:more
                      steps:
                        - setBody:
                            simple: compact
                """);

        try (var pipeline = TestPipeline.start(home, database)) {
            assertThat(routes(pipeline)).extracting(RouteDefinition::getRouteId).contains("more");
        }
        assertThat(compactNotation()).singleElement().asString().contains("9-more.camel.yaml");
    }

    @Test
    void aFileThatIsNotReadForItsNameIsNamed(@TempDir Path home) throws IOException {
        copyOfTheCheckout(home);
        Files.writeString(home.resolve("routes/9-more.yaml"), "- route:\n    id: more\n");
        var logger = (Logger) LoggerFactory.getLogger("jobtrail.routes");
        logger.addAppender(logged);

        TestPipeline.start(home, database).close();

        logger.detachAppender(logged);
        assertThat(logged.list)
                .extracting(ILoggingEvent::getFormattedMessage)
                .contains("routes/9-more.yaml is not read: the name of a route file ends with .camel.yaml");
    }

    @Test
    void aMissingRouteEndsTheStartAndIsNamed(@TempDir Path home) throws IOException {
        copyOfTheCheckout(home);
        Files.delete(home.resolve("routes/7-publish-events.camel.yaml"));

        assertThatThrownBy(() -> TestPipeline.start(home, database))
                .isInstanceOf(InvalidRoutesException.class)
                .hasMessage("the folder routes is not in order: there is no file 7-publish-events.camel.yaml");

        Files.delete(home.resolve("routes/3-fetch-organizations.camel.yaml"));
        Files.copy(Path.of("routes/7-publish-events.camel.yaml"), home.resolve("routes/7-publish-events.camel.yaml"));

        assertThatThrownBy(() -> TestPipeline.start(home, database))
                .isInstanceOf(InvalidRoutesException.class)
                .hasMessage("the folder routes is not in order: there is no route fetch-organizations");
    }

    @ParameterizedTest
    @CsvSource({
        "4-fetch-jobs, '- route:', '- route: [', they do not start, 'in file:|4-fetch-jobs.camel.yaml| line '",
        "4-fetch-jobs, '- setVariable:', '- setVariabel:', they do not start, 'setVariabel|4-fetch-jobs.camel.yaml| line '",
        "7-publish-events, '- route:', '- route: [', they do not start, '7-publish-events.camel.yaml| line '",
        "7-publish-events, '- bean:', '- baen:', 7-publish-events.camel.yaml does not load, baen",
        "9-write-checkpoint, 'id: write-checkpoint', 'id: write-chekpoint', 9-write-checkpoint.camel.yaml does not hold the route, named after"
    })
    void aRouteThatIsWrittenWrongEndsTheStartAndSaysWhere(
            String route, String right, String wrong, String problem, String told, @TempDir Path home)
            throws IOException {
        copyOfTheCheckout(home);
        Path file = home.resolve("routes/" + route + ".camel.yaml");
        Files.writeString(file, Files.readString(file).replace(right, wrong));

        assertThatThrownBy(() -> TestPipeline.start(home, database))
                .isInstanceOf(InvalidRoutesException.class)
                .hasMessageStartingWith("the folder routes is not in order: " + problem)
                .hasMessageContainingAll(told.split("\\|"));
    }

    private List<String> compactNotation() {
        return logged.list.stream()
                .map(ILoggingEvent::getFormattedMessage)
                .filter(message -> message.contains("compact notation"))
                .toList();
    }

    private static List<RouteDefinition> routes(TestPipeline pipeline) {
        List<RouteDefinition> routes = new ArrayList<>(((ModelCamelContext) pipeline.context()).getRouteDefinitions());
        for (String file : List.of("7-publish-events", "9-write-checkpoint")) {
            routes.addAll(publishing(pipeline, file).getRoutes());
        }
        // Each source gets a route made from the template; the template itself has what all of them have.
        for (RouteTemplateDefinition template :
                ((ModelCamelContext) pipeline.context()).getRouteTemplateDefinitions()) {
            RouteDefinition route = template.getRoute();
            route.setId(template.getId());
            route.setResource(template.getResource());
            routes.add(route);
        }
        return routes;
    }

    /** A route that the publisher loads when it is its turn. */
    private static RoutesDefinition publishing(TestPipeline pipeline, String file) {
        try {
            var resource = ResourceHelper.resolveMandatoryResource(
                    pipeline.context(),
                    "file:" + Path.of("routes", file + ".camel.yaml").toAbsolutePath());
            var builder = (RouteBuilder) PluginHelper.getRoutesLoader(pipeline.context())
                    .findRoutesBuilders(resource)
                    .iterator()
                    .next();
            return builder.configureRoutes(pipeline.context());
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private static String file(RouteDefinition route) {
        return route.getResource().getLocation().replaceAll(".*/", "");
    }

    private static String name(String file) {
        return file.replaceAll("^\\d+-|\\.camel\\.yaml$", "");
    }

    private static List<String> files() {
        try (Stream<Path> files = Files.list(Path.of("routes"))) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static void copyOfTheCheckout(Path home) throws IOException {
        for (String folder : List.of("routes", "sql/query")) {
            Files.createDirectories(home.resolve(folder));
            try (Stream<Path> files = Files.list(Path.of(folder))) {
                for (Path file : files.toList()) {
                    Files.copy(file, home.resolve(file));
                }
            }
        }
    }
}
