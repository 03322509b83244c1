package org.jobtrail.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What the README says of the settings is what {@code application.properties} has. */
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
}
