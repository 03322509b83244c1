package org.jobtrail.settings;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Turns the text of a setting into what it means, or says in one sentence why it cannot. */
final class Values {

    private static final Pattern DURATION = Pattern.compile("(\\d{1,9}) *(ms|s|m|h|d)");
    private static final Pattern SIZE = Pattern.compile("(\\d{1,9}) *(|B|kB|MB)");

    private static final Duration SHORTEST = Duration.ofSeconds(1);
    private static final Duration LONGEST = Duration.ofDays(3650);

    private final PropertyLookup lookup;

    Values(PropertyLookup lookup) {
        this.lookup = lookup;
    }

    Optional<String> optional(String name) {
        return lookup.find(name);
    }

    String required(String name, String what) {
        return lookup.find(name)
                .orElseThrow(() -> new InvalidSettingException(name, "is not set: expected %s".formatted(what)));
    }

    int integer(String name, int from, int to) {
        String text = required(name, "a whole number");
        try {
            int value = Integer.parseInt(text);
            if (value >= from && value <= to) {
                return value;
            }
        } catch (NumberFormatException e) {
            // said below, as for a number out of range
        }
        throw wrong(name, text, "a whole number from %d to %d".formatted(from, to));
    }

    boolean truth(String name) {
        String expected = "true or false";
        String text = required(name, expected);
        if (!text.equals("true") && !text.equals("false")) {
            throw wrong(name, text, expected);
        }
        return text.equals("true");
    }

    Duration duration(String name) {
        String expected = "a duration from 1s to 3650d, such as 5s, 2m or 24h";
        String text = required(name, expected);
        var matcher = DURATION.matcher(text);
        if (!matcher.matches()) {
            throw wrong(name, text, expected);
        }
        long amount = Long.parseLong(matcher.group(1));
        Duration duration = switch (matcher.group(2)) {
            case "ms" -> Duration.ofMillis(amount);
            case "s" -> Duration.ofSeconds(amount);
            case "m" -> Duration.ofMinutes(amount);
            case "h" -> Duration.ofHours(amount);
            default -> Duration.ofDays(amount);
        };
        if (duration.compareTo(SHORTEST) < 0 || duration.compareTo(LONGEST) > 0) {
            throw wrong(name, text, expected);
        }
        return duration;
    }

    int bytes(String name, int from, int to) {
        String expected = "a size from %d to %d bytes, such as 900kB".formatted(from, to);
        String text = required(name, expected);
        var matcher = SIZE.matcher(text);
        if (matcher.matches()) {
            long unit = switch (matcher.group(2)) {
                case "kB" -> 1_000;
                case "MB" -> 1_000_000;
                default -> 1;
            };
            long bytes = Long.parseLong(matcher.group(1)) * unit;
            if (bytes >= from && bytes <= to) {
                return (int) bytes;
            }
        }
        throw wrong(name, text, expected);
    }

    Optional<Path> readableFile(String name) {
        return lookup.find(name).map(text -> {
            Path path = path(name, text);
            if (!Files.isRegularFile(path) || !Files.isReadable(path)) {
                throw wrong(name, text, "a file that this account can read");
            }
            return path;
        });
    }

    Path path(String name, String text) {
        try {
            return Path.of(text);
        } catch (InvalidPathException e) {
            throw wrong(name, text, "a path");
        }
    }

    /** A file that is there, or that may be made. */
    Optional<Path> file(String name) {
        return lookup.find(name).map(text -> {
            Path path = path(name, text);
            if (Files.isDirectory(path)) {
                throw wrong(name, text, "the path of a file");
            }
            return path;
        });
    }

    /** A directory that is there, or that may be made. */
    Path directory(String name) {
        String expected = "the path of a directory";
        String text = required(name, expected);
        Path path = path(name, text);
        if (Files.exists(path) && !Files.isDirectory(path)) {
            throw wrong(name, text, expected);
        }
        return path;
    }

    List<String> list(String name) {
        return lookup.find(name)
                .map(text -> {
                    List<String> items = Arrays.stream(text.split(","))
                            .map(String::strip)
                            .filter(item -> !item.isEmpty())
                            .toList();
                    if (items.isEmpty()) {
                        throw wrong(name, text, "names or ids, with commas");
                    }
                    return items;
                })
                .orElse(List.of());
    }

    InvalidSettingException wrong(String name, String text, String expected) {
        return new InvalidSettingException(name, "is \"%s\": expected %s".formatted(text, expected));
    }
}
