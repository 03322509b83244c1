package org.jobtrail.command;

import java.io.PrintStream;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.jobtrail.database.Safeguards;
import org.jobtrail.embedded.Part;
import org.jobtrail.failure.Reason;
import org.jobtrail.fetch.Organization;
import org.jobtrail.fetch.OrganizationList;
import org.jobtrail.fetch.OrganizationLists;
import org.jobtrail.fetch.ServiceInstance;
import org.jobtrail.pipeline.Pipeline.Polls;
import org.jobtrail.poll.Polling;
import org.jobtrail.settings.InvalidSettingException;
import org.jobtrail.settings.ProgramHome;
import org.jobtrail.settings.Settings;
import org.jobtrail.settings.Settings.Source;
import org.jobtrail.text.OneLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Says what would be polled and what is in the way, and changes nothing. */
@Command(
        name = "check",
        description = "Check every setting, reach every source, the database and Kafka, and say what would be polled.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
public final class CheckCommand implements Callable<Integer> {

    @Mixin
    private Options options = new Options();

    private final PrintStream out = System.out;
    private final Belongings belongings = new Belongings();
    private boolean good = true;

    @Override
    public Integer call() throws Exception {
        try (Servers servers = Servers.start(options.config(), EnumSet.allOf(Part.class), out)) {
            Settings settings = servers.settings();
            try (Engine engine = new Engine(settings, ProgramHome.find().home(), Polls.NEVER, summary -> {})) {
                engine.startRoutes();
                out.println("settings: good");
                belongings.lookUp(engine.database());
                settings.sources().forEach(source -> source(engine, source));
                boolean recorded = database(engine, settings);
                new KafkaCheck(engine, settings, out, this::bad).look(recorded);
            }
        }
        out.println(good ? "good: run would poll all of this" : "not good: see above");
        return good ? 0 : 1;
    }

    /** What the server wrote stays on its line: a line break in a name could put a verdict of its own at the end. */
    private void source(Engine engine, Source source) {
        ProducerTemplate template = engine.pipeline().context().createProducerTemplate();
        Exchange login = template.send("direct:authenticate", exchange -> {
            exchange.setVariable("source", source);
            exchange.setVariable("endpoint", Polling.endpoint(source, exchange.getContext()));
        });
        Exchange listed = login.getException() != null
                ? login
                : template.send(
                        "direct:fetch-organizations",
                        exchange -> login.getVariables().forEach(exchange::setVariable));
        if (listed.getException() != null) {
            bad("source %s at %s: %s".formatted(source.name(), source.url(), Reason.of(listed.getException())));
            return;
        }
        var instance = login.getVariable("instance", ServiceInstance.class);
        out.printf(
                "source %s at %s: API %s, product %s, installation %s%n",
                source.name(),
                source.url(),
                login.getVariable("apiVersion"),
                Objects.requireNonNullElse(instance.productVersion(), "unknown"),
                Objects.requireNonNullElse(instance.installationId(), "unknown"));
        if (instance.known()) {
            belongings
                    .claimInstallation(instance.installationId(), source.name())
                    .ifPresent(problem -> bad("  " + problem));
        }
        var list = listed.getVariable("organizations", OrganizationList.class);
        list.doubt().ifPresent(doubt -> bad("  " + OneLine.of(doubt)));
        OrganizationLists.excludedInVain(list, source).forEach(sentence -> out.println("  " + sentence));
        List<?> toPoll = listed.getMessage().getBody(List.class);
        if (toPoll.isEmpty()) {
            out.println("  would poll no organization");
        }
        for (Object element : toPoll) {
            Organization organization = (Organization) element;
            out.printf(
                    "  would poll organization %s (%s)%n",
                    OneLine.of(Objects.requireNonNullElse(organization.name(), "without a name")),
                    OneLine.of(organization.id()));
            belongings
                    .claimOrganization(organization.id(), source.name())
                    .ifPresent(problem -> bad("  " + OneLine.of(problem)));
        }
    }

    /** True where there are tables. */
    private boolean database(Engine engine, Settings settings) {
        Settings.Database account = settings.database().orElseThrow();
        String url = account.url();
        try {
            if (!engine.database().migration().check()) {
                out.printf("database at %s: run would create the account %s and the tables%n", url, account.username());
                return false;
            }
        } catch (InvalidSettingException e) {
            // With the SQL for an administrator, where there is some.
            bad("database at %s: %s".formatted(url, e.getMessage()));
            return false;
        } catch (SQLException e) {
            bad("database at %s: %s".formatted(url, Reason.of(e)));
            return false;
        }
        try (Connection connection = engine.database().connect();
                var statement = connection.createStatement();
                var row = statement.executeQuery(
                        "select current_setting('server_version'), to_regclass('jobtrail.job_history') is not null")) {
            row.next();
            out.printf(
                    "database at %s: PostgreSQL %s, %s%n",
                    url, row.getString(1), row.getBoolean(2) ? "with a history" : "run would create the tables");
            Safeguards safeguards = engine.database().safeguards();
            out.println("  " + safeguards.separation());
            safeguards.warnings().forEach(warning -> out.println("  warning: " + warning));
            return row.getBoolean(2);
        } catch (SQLException e) {
            bad("database at %s: %s".formatted(url, Reason.of(e)));
            return false;
        }
    }

    private void bad(String line) {
        good = false;
        out.println(line);
    }
}
