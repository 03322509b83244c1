package org.jobtrail.command;

import java.io.PrintStream;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.EnumSet;
import java.util.concurrent.Callable;
import org.jobtrail.database.Safeguards;
import org.jobtrail.embedded.EmbeddedKind;
import org.jobtrail.failure.Reason;
import org.jobtrail.pipeline.Pipeline.Polls;
import org.jobtrail.settings.InvalidSettingException;
import org.jobtrail.settings.ProgramHome;
import org.jobtrail.settings.Settings;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Says what would be polled and what is in the way, and changes nothing. */
@Command(
        name = "check",
        description = "Check every setting, reach every source, the database and Kafka, and say what would be polled.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {"0:good", "1:not good, or could not look", "2:an unknown or missing option"})
public final class CheckCommand implements Callable<Integer> {

    @Mixin
    private Options options = new Options();

    private final PrintStream out = System.out;
    private final SourceOwnership ownership = new SourceOwnership();
    private boolean good = true;

    @Override
    public Integer call() throws Exception {
        try (Servers servers = Servers.start(options.config(), EnumSet.allOf(EmbeddedKind.class), out)) {
            Settings settings = servers.settings();
            try (Engine engine = new Engine(settings, ProgramHome.find().home(), Polls.NEVER, summary -> {})) {
                engine.startRoutes();
                out.println("settings: good");
                ownership.lookUp(engine.database());
                var sources = new SourceCheck(engine.pipeline().context(), ownership, out, this::bad);
                settings.sources().forEach(sources::look);
                boolean recorded = database(engine, settings);
                new KafkaCheck(engine, settings, out, this::bad).look(recorded);
            }
        }
        out.println(good ? "good: run would poll all of this" : "not good: see above");
        return good ? 0 : 1;
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
