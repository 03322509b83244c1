package org.jobtrail.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class ComposeFileTest {

    private static final Pattern SETTING = Pattern.compile("(?m)^#?([a-z][a-zA-Z0-9.<>*-]+)=");
    private static final Pattern VARIABLE = Pattern.compile("(?m)^      ([A-Z0-9_]+): (.*)$");
    private static final Set<String> FIXED_IN_THE_CONTAINER = Set.of("HTTP_HOST", "HTTP_PORT");

    @Test
    void everySettingIsAVariableOfTheContainer() throws IOException {
        var variables = new TreeSet<String>();
        VARIABLE.matcher(jobtrail()).results().forEach(match -> variables.add(match.group(1)));

        assertThat(variables).containsAll(settings());
    }

    @Test
    void everyVariableOfTheContainerCanBeSetFromOutside() throws IOException {
        VARIABLE.matcher(jobtrail())
                .results()
                .filter(match -> !FIXED_IN_THE_CONTAINER.contains(match.group(1)))
                .forEach(match -> assertThat(match.group(2)).startsWith("${" + match.group(1)));
    }

    @Test
    void noPasswordHasADefault() throws IOException {
        assertThat(Files.readString(Path.of("docker-compose.yml"))).doesNotContainPattern("DATABASE_PASSWORD:?-");
        assertThat(jobtrail()).doesNotContainPattern("_PASSWORD:-[^}]");
    }

    private static Set<String> settings() throws IOException {
        var settings = new TreeSet<String>();
        SETTING.matcher(Files.readString(Path.of("src/main/resources/application.properties")))
                .results()
                .map(match -> match.group(1).replace("<name>", "vb365"))
                .filter(name -> !name.equals("kafka.client.*"))
                .forEach(name -> settings.add(InvalidSettingException.environmentVariable(name)));
        return settings;
    }

    private static String jobtrail() throws IOException {
        String file = Files.readString(Path.of("docker-compose.yml"));
        return file.substring(file.indexOf("\n  jobtrail:\n"), file.indexOf("\n  certificate:\n"));
    }
}
