package org.jobtrail.settings;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * Where a setting's value comes from: a system property, else its environment variable, else the configuration file, else
 * what the embedded parts say of themselves, else the default in {@code application.properties}. An empty value is none.
 */
public final class PropertyLookup {

    private static final Pattern COMMENT = Pattern.compile("^\\s*[#!]");

    /** Before a letter, a digit or a low line that does not make a character of its own with it. */
    private static final Pattern LONE_BACKSLASH =
            Pattern.compile("(?<!\\\\)(?:\\\\\\\\)*\\\\(?![tnrfu])[\\p{L}\\p{N}_]");

    private final Map<String, String> system;
    private final Map<String, String> environment;
    private final Map<String, String> file;
    private final Map<String, String> embedded;
    private final Map<String, String> defaults;

    private PropertyLookup(
            Map<String, String> system,
            Map<String, String> environment,
            Map<String, String> file,
            Map<String, String> embedded,
            Map<String, String> defaults) {
        this.system = system;
        this.environment = environment;
        this.file = file;
        this.embedded = embedded;
        this.defaults = defaults;
    }

    public static PropertyLookup of(Properties system, Map<String, String> environment, Path file) {
        return new PropertyLookup(strings(system), environment, read(file), Map.of(), defaults());
    }

    /** The same, with what the embedded parts say of themselves: stronger than a default, weaker than anything configured. */
    public PropertyLookup withEmbedded(Map<String, String> settings) {
        return new PropertyLookup(system, environment, file, settings, defaults);
    }

    Optional<String> find(String name) {
        return first(
                system.get(name),
                value(name, environment.getOrDefault(InvalidSettingException.environmentVariable(name), "")),
                file.get(name),
                embedded.get(name),
                defaults.get(name));
    }

    boolean isDefault(String name) {
        return find(name).equals(Optional.ofNullable(defaults.get(name)));
    }

    /** Names from everywhere but the environment, whose variables cannot be told back into names without a pattern. */
    Set<String> names() {
        var names = new TreeSet<>(file.keySet());
        names.addAll(system.keySet());
        names.addAll(embedded.keySet());
        return names;
    }

    Set<String> namesInFile() {
        return file.keySet();
    }

    Set<String> defaultNames() {
        return defaults.keySet();
    }

    Map<String, String> environment() {
        return environment;
    }

    private static Optional<String> first(String... values) {
        for (String value : values) {
            if (value != null && !value.isEmpty()) {
                return Optional.of(value);
            }
        }
        return Optional.empty();
    }

    private static Map<String, String> defaults() {
        try (InputStream in = PropertyLookup.class.getResourceAsStream("/application.properties")) {
            var properties = new Properties();
            properties.load(new InputStreamReader(in, StandardCharsets.UTF_8));
            return strings(properties);
        } catch (IOException e) {
            throw new IllegalStateException("application.properties cannot be read from the class path", e);
        }
    }

    private static Map<String, String> read(Path file) {
        if (file == null) {
            return Map.of();
        }
        try {
            var properties = new Properties();
            String text = TextFile.read("--config", file);
            requireEscapes(file, text);
            properties.load(new StringReader(text));
            Map<String, String> strings = strings(properties);
            strings.forEach((name, value) -> requireText(file, name, value));
            return strings;
        } catch (IOException | IllegalArgumentException e) {
            throw new InvalidSettingException(
                    "--config",
                    "names %s, which cannot be read as a properties file: %s".formatted(file, e.getMessage()));
        }
    }

    /** Of an account like BACKUP\svc, the backslash would be gone, and the account be another one. */
    private static void requireEscapes(Path file, String text) {
        List<String> lines = text.lines().toList();
        for (int i = 0; i < lines.size(); i++) {
            if (!COMMENT.matcher(lines.get(i)).find()
                    && LONE_BACKSLASH.matcher(lines.get(i)).find()) {
                throw new InvalidSettingException(
                        "--config",
                        "names %s, which has a single backslash in line %d: there, it is written twice"
                                .formatted(file, i + 1));
            }
        }
    }

    /** The backslash of a Windows account or path makes another character of the one behind it. */
    private static void requireText(Path file, String name, String value) {
        // Kafka's own may be certificates of several lines.
        if (!name.startsWith("kafka.client.") && value.chars().anyMatch(Character::isISOControl)) {
            throw new InvalidSettingException(
                    name, "has a control character in %s: there, a backslash is written twice".formatted(file));
        }
    }

    private static Map<String, String> strings(Properties properties) {
        var strings = new LinkedHashMap<String, String>();
        properties.stringPropertyNames().stream()
                .sorted()
                .forEach(name -> strings.put(name, value(name, properties.getProperty(name))));
        return strings;
    }

    /** A blank at the end of a line is a mistake, but in a password: without it, the account is refused or locked. */
    static String value(String name, String text) {
        return name.endsWith("password") ? text : text.strip();
    }
}
