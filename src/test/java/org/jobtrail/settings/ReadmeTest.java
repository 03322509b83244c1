package org.jobtrail.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jobtrail.EveryVersionTest;
import org.junit.jupiter.api.Test;

/** What the README says of settings and versions is what {@code application.properties} has and {@code EveryVersionTest} shows. */
class ReadmeTest {

    private static final Pattern ROW =
            Pattern.compile("\\| `([a-z][^`]*)` \\| `([A-Z][^`]*)` \\| (?:`([^`]*)`)?([^|]*)\\|.*");
    private static final Pattern SETTING = Pattern.compile("(#?)([a-z][a-z0-9<>*.-]*)=(.*)");

    @Test
    void theTableNamesEverySettingWithItsVariableAndItsDefault() throws IOException {
        Map<String, String> table = new TreeMap<>();
        for (String line : Files.readAllLines(Path.of("README.md"))) {
            var row = ROW.matcher(line);
            if (row.matches()) {
                String name = row.group(1);
                assertThat(row.group(2))
                        .as("the variable of %s", name)
                        .isEqualTo(InvalidSettingException.environmentVariable(name));
                table.put(name, row.group(3) == null ? "" : row.group(3));
            }
        }

        Map<String, String> file = new TreeMap<>();
        for (String line : Files.readAllLines(Path.of("src/main/resources/application.properties"))) {
            var setting = SETTING.matcher(line);
            if (setting.matches()) {
                boolean example =
                        !setting.group(1).isEmpty() && !setting.group(2).equals("source.<name>.api-version");
                file.put(setting.group(2), example ? "" : setting.group(3));
            }
        }

        assertThat(table).isEqualTo(file);
    }

    @Test
    void theTableOfVersionsHasACellForEachTestOfEveryVersion() throws IOException {
        List<String> lines = Files.readAllLines(Path.of("README.md"));

        assertThat(lines.stream().filter(line -> line.startsWith("| API |")))
                .containsExactly("| API | " + String.join(" | ", EveryVersionTest.CELLS) + " |");
        List<String> rows =
                lines.stream().filter(line -> line.matches("\\| v\\d \\|.*")).toList();
        assertThat(rows).extracting(row -> row.substring(2, 4)).isEqualTo(EveryVersionTest.VERSIONS);
        assertThat(rows).allSatisfy(row -> assertThat(row.split(" \\| ")).hasSize(1 + EveryVersionTest.CELLS.size()));
    }
}
