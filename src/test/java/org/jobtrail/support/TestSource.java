package org.jobtrail.support;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jobtrail.settings.Settings.Source;

/** A source that no file tells of: where nothing else is said, one that nobody answers for. */
public final class TestSource {

    private final String name;
    private URI url = URI.create("https://vb365.example.com:4443");
    private String apiVersion = "auto";
    private String username = "reader";
    private Optional<String> password = Optional.of("pa55");
    private Optional<Path> passwordFile = Optional.empty();
    private Optional<Path> caCertificate = Optional.empty();
    private Optional<Path> trustStore = Optional.empty();
    private List<String> include = List.of();
    private List<String> exclude = List.of();

    private TestSource(String name) {
        this.name = name;
    }

    public static TestSource named(String name) {
        return new TestSource(name);
    }

    public TestSource url(URI url) {
        this.url = url;
        return this;
    }

    public TestSource apiVersion(String apiVersion) {
        this.apiVersion = apiVersion;
        return this;
    }

    public TestSource username(String username) {
        this.username = username;
        return this;
    }

    public TestSource password(String password) {
        this.password = Optional.of(password);
        return this;
    }

    /** Instead of a password. */
    public TestSource passwordFile(Path file) {
        this.password = Optional.empty();
        this.passwordFile = Optional.of(file);
        return this;
    }

    public TestSource caCertificate(Path file) {
        this.caCertificate = Optional.of(file);
        return this;
    }

    public TestSource trustStore(Path file) {
        this.trustStore = Optional.of(file);
        return this;
    }

    public TestSource organizations(List<String> include, List<String> exclude) {
        this.include = include;
        this.exclude = exclude;
        return this;
    }

    public Source settings() {
        return new Source(
                name,
                url,
                apiVersion,
                username,
                password,
                passwordFile,
                caCertificate,
                trustStore,
                include,
                exclude,
                4);
    }
}
