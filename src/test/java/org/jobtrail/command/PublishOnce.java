package org.jobtrail.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.jobtrail.settings.Settings;

/** What {@code run --once} does, in this process. */
public final class PublishOnce {

    private PublishOnce() {}

    public static void run(Settings settings) throws Exception {
        var run = new SingleRun(settings, Path.of("").toAbsolutePath()).run();
        assertThat(run.exitCode()).as(run.summary()).isZero();
    }
}
