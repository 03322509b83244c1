package org.jobtrail.settings;

import java.util.Comparator;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The environment variables of sources. A slip in a name would be a setting that nobody reads; other programs have theirs. */
final class SourceVariables {

    private static final String PREFIX = "SOURCE_";
    private static final Pattern URL = Pattern.compile(PREFIX + "([A-Z0-9_]+)_URL");

    private final Set<String> variables = new TreeSet<>();
    private final Set<String> properties;

    /** @param properties what a source can be told */
    SourceVariables(Map<String, String> environment, Set<String> properties) {
        this.properties = properties;
        environment.forEach((variable, value) -> {
            // An empty one is none, as everywhere.
            if (variable.startsWith(PREFIX) && !value.isEmpty()) {
                variables.add(variable);
            }
        });
    }

    /** The sources that have their address here. */
    Stream<String> names() {
        return variables.stream()
                .map(URL::matcher)
                .filter(matcher -> matcher.matches())
                .map(matcher -> lowerCase(matcher.group(1)));
    }

    /** @param names all sources */
    void refuseUnknown(Set<String> names) {
        Set<String> known = new TreeSet<>();
        names.forEach(name -> properties.forEach(property -> known.add(variable(name, "." + property))));
        variables.stream().filter(variable -> !known.contains(variable)).forEach(variable -> {
            refuseWithoutUrl(variable);
            refuseMisspelt(variable, names);
        });
    }

    private void refuseWithoutUrl(String variable) {
        properties.stream()
                .map(property -> "_" + InvalidSettingException.environmentVariable(property))
                .filter(ending -> variable.endsWith(ending) && variable.length() > PREFIX.length() + ending.length())
                .max(Comparator.comparing(String::length))
                .ifPresent(ending -> {
                    String name = lowerCase(variable.substring(PREFIX.length(), variable.length() - ending.length()));
                    throw new InvalidSettingException(
                            "source.%s.url".formatted(name),
                            "is not set, but %s is: expected both".formatted(variable));
                });
    }

    private void refuseMisspelt(String variable, Set<String> names) {
        names.stream()
                .filter(name -> variable.startsWith(variable(name, ".")))
                .max(Comparator.comparing(String::length))
                .ifPresent(name -> {
                    String rest =
                            lowerCase(variable.substring(variable(name, ".").length()));
                    throw new InvalidSettingException(
                            "source.%s.%s".formatted(name, rest),
                            "is not a setting of a source: expected one of the table in the README");
                });
    }

    private static String variable(String name, String property) {
        return InvalidSettingException.environmentVariable("source." + name + property);
    }

    private static String lowerCase(String variable) {
        return variable.toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
