package org.jobtrail.settings;

import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import java.util.regex.Pattern;

/** The file of {@code --config}: properties, but for what their format would take from a value, or leave out, without a word. */
final class SettingsFile {

    private static final Pattern NOTHING = Pattern.compile("^\\s*([#!].*)?$");
    private static final Pattern GOES_ON = Pattern.compile("(?<!\\\\)(?:\\\\\\\\)*\\\\$");

    /** What may be long, and shows where another line has been taken into it: lists, and what Kafka's clients know. */
    private static final Pattern MAY_GO_ON =
            Pattern.compile("kafka\\.client\\..*|kafka\\.bootstrap-servers|source\\..*\\.organizations\\..*");

    /** At the end, or before what does not make a character with it. */
    private static final Pattern LONE_BACKSLASH =
            Pattern.compile("(?<!\\\\)(?:\\\\\\\\)*\\\\([^\\\\ \t\f:=#!tnrfu]|\\z)");

    private final Path file;
    private final Properties settings = new Properties();

    private SettingsFile(Path file) {
        this.file = file;
    }

    static Properties read(Path file) {
        try {
            var read = new SettingsFile(file);
            read.read(TextFile.read("--config", file).lines().toList());
            return read.settings;
        } catch (IOException | IllegalArgumentException e) {
            throw new InvalidSettingException(
                    "--config",
                    "names %s, which cannot be read as a properties file: %s".formatted(file, e.getMessage()));
        }
    }

    private void read(List<String> lines) throws IOException {
        int line = 0;
        while (line < lines.size()) {
            int first = line++;
            if (NOTHING.matcher(lines.get(first)).matches()) {
                continue;
            }
            while (line < lines.size() && GOES_ON.matcher(lines.get(line - 1)).find()) {
                line++;
            }
            add(first + 1, String.join("\n", lines.subList(first, line)));
        }
    }

    private void add(int line, String text) throws IOException {
        var one = new Properties();
        one.load(new StringReader(text));
        for (String name : one.stringPropertyNames()) {
            requireEscapes(name, line, text);
            requireText(name, one.getProperty(name));
            settings.setProperty(name, one.getProperty(name));
        }
    }

    /** An account like BACKUP\svc would lose its backslash and be another one; one that ends with it would take in the next line. */
    private void requireEscapes(String name, int line, String text) {
        LONE_BACKSLASH
                .matcher(text)
                .results()
                .filter(found -> !isMeant(name, found.group(1)))
                .findFirst()
                .ifPresent(found -> {
                    long before = text.substring(0, found.start(1)).lines().count() - 1;
                    throw new InvalidSettingException(
                            name,
                            "has a single backslash in line %d of %s: there, a backslash is written twice"
                                    .formatted(line + before, file));
                });
    }

    /** At the end of a line, what may be long goes on; a quote is written so in Java, from where a login of Kafka's is copied. */
    private static boolean isMeant(String name, String behind) {
        return behind.equals("\"")
                ? name.startsWith(KafkaClientSettings.PREFIX)
                : behind.isBlank() && MAY_GO_ON.matcher(name).matches();
    }

    /** The backslash of a Windows account or path makes another character of the one behind it. */
    private void requireText(String name, String value) {
        // Kafka's own may be certificates of several lines.
        if (!name.startsWith(KafkaClientSettings.PREFIX)
                && PropertyLookup.value(name, value).chars().anyMatch(Character::isISOControl)) {
            throw new InvalidSettingException(
                    name, "has a control character in %s: there, a backslash is written twice".formatted(file));
        }
    }
}
