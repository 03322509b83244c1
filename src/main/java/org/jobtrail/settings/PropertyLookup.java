package org.jobtrail.settings;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;

/**
 * Where a setting's value comes from: a system property, else its environment variable, else the configuration file, else
 * what the embedded parts say of themselves, else the default in {@code application.properties}. An empty value is none.
 */
public final class PropertyLookup {

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
        Properties settings = file == null ? new Properties() : SettingsFile.read(file);
        return new PropertyLookup(strings(system), environment, strings(settings), Map.of(), defaults());
    }

    /** This lookup with what the embedded servers say of themselves: stronger than a default, weaker than anything configured. */
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
