package org.jobtrail.settings;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jobtrail.settings.Settings.Source;

/** Finds the configured sources and reads each: {@code source.<name>.*}, or {@code SOURCE_<NAME>_*} in the environment. */
final class SourceSettings {

    private static final Set<String> PROPERTIES = Set.of(
            "url",
            "api-version",
            "username",
            "password",
            "password-file",
            "ca-certificate",
            "trust-store",
            "organizations.include",
            "organizations.exclude",
            "concurrency");
    private static final Pattern PROPERTY = Pattern.compile("source\\.([^.]+)\\.(.+)");
    private static final Pattern NAME = Pattern.compile("[a-z0-9-]+");
    private static final Pattern API_VERSION = Pattern.compile("auto|v[1-8]");
    private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");

    static final int MOST_AT_ONCE = 256;

    private final PropertyLookup lookup;
    private final Values values;

    SourceSettings(PropertyLookup lookup, Values values) {
        this.lookup = lookup;
        this.values = values;
    }

    static boolean looksLikeOne(String property) {
        return PROPERTY.matcher(property).matches();
    }

    List<Source> read() {
        return names().stream().map(this::source).toList();
    }

    private Set<String> names() {
        var names = new TreeSet<String>();
        for (String property : lookup.names()) {
            var matcher = PROPERTY.matcher(property);
            if (matcher.matches()) {
                if (!NAME.matcher(matcher.group(1)).matches()) {
                    throw new InvalidSettingException(
                            property, "names a source \"%s\": expected [a-z0-9-]+".formatted(matcher.group(1)));
                }
                if (!PROPERTIES.contains(matcher.group(2))) {
                    throw new InvalidSettingException(
                            property, "is not a setting of a source: expected one of the table in the README");
                }
                names.add(matcher.group(1));
            }
        }
        var variables = new SourceVariables(lookup.environment(), PROPERTIES);
        variables.names().forEach(names::add);
        variables.refuseUnknown(names);
        return names;
    }

    private Source source(String name) {
        String prefix = "source." + name + ".";
        Optional<String> password = values.optional(prefix + "password");
        var passwordFile = values.readableFile(prefix + "password-file");
        if (password.isEmpty() == passwordFile.isEmpty()) {
            throw new InvalidSettingException(
                    prefix + "password",
                    (password.isEmpty() ? "is not set" : "and %spassword-file are both set".formatted(prefix))
                            + ": expected a password or a password file");
        }
        passwordFile.ifPresent(file -> PasswordFile.read(prefix + "password-file", file));
        var caCertificate = values.readableFile(prefix + "ca-certificate");
        var trustStore = values.readableFile(prefix + "trust-store");
        if (caCertificate.isPresent() && trustStore.isPresent()) {
            throw new InvalidSettingException(
                    prefix + "ca-certificate", "and %strust-store are both set: expected one".formatted(prefix));
        }
        List<String> include = values.list(prefix + "organizations.include");
        List<String> exclude = values.list(prefix + "organizations.exclude");
        if (!include.isEmpty()
                && include.stream().allMatch(one -> exclude.stream().anyMatch(one::equalsIgnoreCase))) {
            throw new InvalidSettingException(
                    prefix + "organizations.exclude",
                    "names all that %sorganizations.include names: nobody would be polled".formatted(prefix));
        }
        return new Source(
                name,
                url(prefix + "url"),
                apiVersion(prefix + "api-version"),
                values.required(prefix + "username", "the account that reads the jobs, such as BACKUP\\reader"),
                password,
                passwordFile,
                caCertificate,
                trustStore,
                include,
                exclude,
                concurrency(prefix + "concurrency"));
    }

    private int concurrency(String name) {
        return values.integer(values.optional(name).isPresent() ? name : "poll.concurrency", 1, MOST_AT_ONCE);
    }

    private URI url(String name) {
        String expected = "a URL such as https://vb365.example.com:4443";
        String text = values.required(name, expected);
        try {
            URI url = new URI(text.replaceAll("/+$", ""));
            boolean usable = url.getHost() != null
                    && url.getPort() != 0
                    && url.getPort() <= 65_535
                    && url.getUserInfo() == null
                    && url.getQuery() == null
                    && url.getFragment() == null
                    && !text.contains("{");
            if (usable && url.getPath().matches(".*/v\\d+")) {
                throw values.wrong(name, text, "no version of the API in it: that is what api-version is for");
            }
            if (usable && "https".equals(url.getScheme())) {
                return url;
            }
            if (usable && "http".equals(url.getScheme())) {
                if (LOOPBACK.contains(url.getHost())) {
                    return url;
                }
                throw values.wrong(name, text, "https: a password may cross the network only encrypted");
            }
        } catch (URISyntaxException e) {
            // said below
        }
        throw values.wrong(name, text.replaceAll("^.*@", "...@").replaceAll("[?#].*", "?..."), expected);
    }

    private String apiVersion(String name) {
        String text = values.optional(name).orElse("auto");
        if (!API_VERSION.matcher(text).matches()) {
            throw values.wrong(name, text, "auto or v1 to v8");
        }
        return text;
    }
}
