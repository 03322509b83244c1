package org.jobtrail.command;

import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import org.jobtrail.settings.PropertyLookup;
import org.jobtrail.settings.SettingsReader;

/** The command {@code run} without a process of its own: what it does between its start and its end. */
public final class RunInThisProcess {

    private RunInThisProcess() {}

    /** Returns when the thread is interrupted. */
    public static void run(Map<String, String> environment) throws InterruptedException {
        var settings = new SettingsReader(PropertyLookup.of(new Properties(), environment, null)).read();
        try (var termination = new Termination()) {
            new ContinuousRun(settings, Path.of("").toAbsolutePath(), termination).run();
        }
    }
}
