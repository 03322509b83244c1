package org.jobtrail.sql;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The statements that routes run. */
class QueriesTest {

    /** The parameters of a statement are counted by their question marks: another one, be it in a comment, would be one too many. */
    @TestFactory
    Stream<DynamicTest> everyQuestionMarkIsAParameter() throws IOException {
        List<Path> queries;
        try (Stream<Path> files = Files.list(Path.of("sql/query"))) {
            queries = files.sorted().toList();
        }
        assertThat(queries).isNotEmpty();
        return queries.stream()
                .map(query -> DynamicTest.dynamicTest(
                        query.getFileName().toString(),
                        () -> assertThat(Files.readString(query)).doesNotContainPattern("(?<!:)\\?|:\\?(?![a-z])")));
    }
}
