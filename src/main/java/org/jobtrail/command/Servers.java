package org.jobtrail.command;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jobtrail.embedded.EmbeddedKind;
import org.jobtrail.embedded.EmbeddedServers;
import org.jobtrail.settings.InvalidSettingException;
import org.jobtrail.settings.PropertyLookup;
import org.jobtrail.settings.Settings;
import org.jobtrail.settings.SettingsReader;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The settings, and the embedded servers that stand in for what is not configured. */
final class Servers implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger("jobtrail.settings");

    private final Settings settings;
    private final EmbeddedServers embedded;

    private Servers(Settings settings, EmbeddedServers embedded) {
        this.settings = settings;
        this.embedded = embedded;
    }

    /** @param needed what the command works with */
    static Servers start(Path config, Set<EmbeddedKind> needed, PrintStream announcements) {
        var lookup = PropertyLookup.of(System.getProperties(), System.getenv(), config);
        var reader = new SettingsReader(lookup);
        Settings configured = reader.read();
        reader.strangeVariables()
                .forEach(variable -> LOG.warn(
                        "{} is set in the environment, but is no setting of Jobtrail: see the table in the README",
                        variable));
        Set<EmbeddedKind> missing = missing(configured, needed);
        if (missing.isEmpty()) {
            return new Servers(configured, null);
        }
        if (!EmbeddedServers.available()) {
            throw new CannotRunException(
                    "not configured: set %s (as an environment variable: %s); only a checkout brings servers of its own"
                            .formatted(names(missing, false), names(missing, true)));
        }
        EmbeddedServers embedded = EmbeddedServers.start(configured.dataDirectory(), missing);
        embedded.announcements().forEach(announcements::println);
        return new Servers(new SettingsReader(lookup.withEmbedded(embedded.settings())).read(), embedded);
    }

    Settings settings() {
        return settings;
    }

    /** True where another process runs the embedded servers. */
    boolean attached() {
        return embedded != null && embedded.attached();
    }

    /** A signal that ends this process does not stop them any more: the caller ends in order itself, and closes them. */
    void stopOnlyWhenClosed() {
        if (embedded != null) {
            embedded.stopOnlyWhenClosed();
        }
    }

    private static Set<EmbeddedKind> missing(Settings settings, Set<EmbeddedKind> needed) {
        Set<EmbeddedKind> missing = EnumSet.noneOf(EmbeddedKind.class);
        if (settings.database().isEmpty()) {
            missing.add(EmbeddedKind.DATABASE);
        }
        if (settings.kafka().isEmpty()) {
            missing.add(EmbeddedKind.BROKER);
        }
        if (settings.sources().isEmpty()) {
            missing.add(EmbeddedKind.SOURCE);
        }
        missing.retainAll(needed);
        return missing;
    }

    private static String names(Set<EmbeddedKind> parts, boolean asVariables) {
        List<String> names = new ArrayList<>();
        for (EmbeddedKind part : parts) {
            names.addAll(
                    switch (part) {
                        case DATABASE -> List.of("database.url", "database.username", "database.password");
                        case BROKER -> List.of("kafka.bootstrap-servers");
                        case SOURCE -> List.of("source.<name>.url", "source.<name>.username", "source.<name>.password");
                    });
        }
        return names.stream()
                .map(name -> asVariables ? InvalidSettingException.environmentVariable(name) : name)
                .collect(Collectors.joining(", "));
    }

    @Override
    public void close() {
        if (embedded != null) {
            embedded.close();
        }
    }
}
