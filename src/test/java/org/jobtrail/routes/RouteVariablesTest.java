package org.jobtrail.routes;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.camel.Variable;
import org.jobtrail.support.PostgresServer;
import org.jobtrail.support.RealServers;
import org.jobtrail.support.TestPipeline;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The first lines of each route's file against what the route and those that it calls really take. */
@ExtendWith(RealServers.class)
@TestInstance(Lifecycle.PER_CLASS)
class RouteVariablesTest {

    /** "variables a, b (which is so) and c", as the headers write it. */
    private static final Pattern NAMED =
            Pattern.compile("(?:variables?|optional (?:is|are)) (%1$s(?:(?:, | and )%1$s)*)"
                    .formatted("\\w+(?: \\([^)]*\\))?(?=[,.;:]| and )"));

    private final TestPipeline pipeline;

    RouteVariablesTest(PostgresServer server) throws SQLException {
        pipeline = TestPipeline.start(TestPipeline.CHECKOUT, server.migratedDatabase());
    }

    @AfterAll
    void stop() {
        pipeline.close();
    }

    static List<String> routes() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("routes"))) {
            return files.map(file -> file.getFileName().toString())
                    .filter(file -> !file.startsWith("0-"))
                    .map(file -> file.replaceAll("^\\d+-|\\.camel\\.yaml$", ""))
                    .sorted()
                    .toList();
        }
    }

    @ParameterizedTest
    @MethodSource("routes")
    void aRoutesFirstLinesNameEachVariableThatItTakesAndNoOther(String route) throws Exception {
        String text = text(route);
        var taken = new TreeSet<>(all("variable\\.(\\w+)", text));
        var given = new TreeSet<>(all("(?:setVariable:\\s+name|variableReceive): (\\w+)", text));
        given.addAll(out(text));
        for (MatchResult call : Pattern.compile("(?:ref: (\\w+)\\s+method: (\\w+)|bean:(\\w+)\\?method=(\\w+))")
                .matcher(text)
                .results()
                .toList()) {
            Object bean = pipeline.context()
                    .getRegistry()
                    .lookupByName(call.group(1) == null ? call.group(3) : call.group(1));
            taken.addAll(variablesOf(bean.getClass(), call.group(2) == null ? call.group(4) : call.group(2)));
            given.addAll(variablesSetBy(bean.getClass()));
        }
        for (String called : all("uri: direct:([\\w-]+?)(?:-of-\\{\\{source}})?\\n(?!\\s+steps)", text)) {
            taken.addAll(required(text(called)));
            given.addAll(out(text(called)));
        }

        var named = new TreeSet<>(in(text));
        var unnamed = new TreeSet<>(taken);
        unnamed.removeAll(named);
        unnamed.removeAll(given);
        assertThat(unnamed).as("taken, but not named").isEmpty();
        named.removeAll(taken);
        assertThat(named).as("named, but not taken").isEmpty();
    }

    private static Set<String> variablesOf(Class<?> bean, String method) {
        List<Method> methods = Stream.of(bean.getMethods())
                .filter(each -> each.getName().equals(method))
                .toList();
        assertThat(methods).as(bean.getSimpleName() + "." + method).hasSize(1);
        return Stream.of(methods.get(0).getParameters())
                .map(RouteVariablesTest::variable)
                .flatMap(Stream::ofNullable)
                .collect(Collectors.toSet());
    }

    private static String variable(Parameter parameter) {
        var variable = parameter.getAnnotation(Variable.class);
        return variable == null ? null : variable.value();
    }

    private static List<String> variablesSetBy(Class<?> bean) throws IOException {
        Path source = Path.of("src/main/java", bean.getName().replace('.', '/') + ".java");
        return Files.exists(source) ? all("exchange\\.setVariable\\(\"(\\w+)\"", Files.readString(source)) : List.of();
    }

    private static List<String> in(String text) {
        return named(header(text).replaceAll("(?s)Out: .*", ""));
    }

    private static List<String> required(String text) {
        return named(header(text).replaceAll("(?s)Out: .*", "").replaceAll("optional (is|are) [^.]*", ""));
    }

    private static List<String> out(String text) {
        String header = header(text);
        return header.contains("Out: ") ? named(header.substring(header.indexOf("Out: "))) : List.of();
    }

    private static String header(String text) {
        return text.lines()
                .takeWhile(line -> line.startsWith("#"))
                .map(line -> line.substring(2))
                .collect(Collectors.joining(" "));
    }

    private static List<String> named(String header) {
        return NAMED.matcher(header)
                .results()
                .map(match -> match.group(1).replaceAll(" \\([^)]*\\)", ""))
                .flatMap(names -> Stream.of(names.split(" and |, ")))
                .toList();
    }

    private static List<String> all(String pattern, String text) {
        return Pattern.compile(pattern)
                .matcher(text)
                .results()
                .map(match -> match.group(1))
                .toList();
    }

    private static String text(String route) throws IOException {
        try (Stream<Path> files = Files.list(Path.of("routes"))) {
            Path file = files.filter(each -> each.getFileName().toString().matches("\\d+-" + route + "\\.camel\\.yaml"))
                    .findFirst()
                    .orElseThrow();
            return Files.readString(file);
        }
    }
}
