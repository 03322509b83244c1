package org.jobtrail.command;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.concurrent.Callable;
import org.jobtrail.embedded.EmbeddedKind;
import org.jobtrail.pipeline.Pipeline.Polls;
import org.jobtrail.recover.Republication;
import org.jobtrail.settings.ProgramHome;
import org.jobtrail.settings.Settings;
import org.jobtrail.text.OneLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Publishes the history once more, to a topic that is empty. */
@Command(
        name = "republish",
        description = {
            "Publish all of the history to another topic: where the topic was lost, has another number of partitions, or stands on"
                    + " another cluster. The same events with the same ids, in the same order; of rows that were erased, without a value.",
            "Stop Jobtrail before; afterwards set kafka.topic.events to the topic. What is interrupted goes on when it is asked again."
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {"0:all of the history is on the topic", "1:refused, or could not be done"})
public final class RepublishCommand implements Callable<Integer> {

    @Mixin
    private Options options = new Options();

    @Option(
            names = "--to",
            required = true,
            paramLabel = "TOPIC",
            description = "A topic that is empty, or is not there yet: then it is created with kafka.topic.partitions.")
    private String topic;

    private final PrintStream out = System.out;

    @Override
    public Integer call() throws Exception {
        try (Servers servers =
                Servers.start(options.config(), EnumSet.of(EmbeddedKind.DATABASE, EmbeddedKind.BROKER), out)) {
            Settings settings = servers.settings().withEvents("--to", topic);
            Path home = ProgramHome.find().home();
            try (Engine engine = new Engine(settings, home, Polls.NEVER, cycle -> {})) {
                engine.startRoutes();
                var republication = new Republication(
                        engine.pipeline().context(), engine.database(), engine.clients(), settings, home, this::say);
                republication.republish();
                say("%d events are on topic %s%s"
                        .formatted(
                                republication.rows(),
                                topic,
                                topic.equals(servers.settings().topics().events())
                                        ? ""
                                        : ": set kafka.topic.events to it before the next start"));
                return 0;
            }
        }
    }

    private void say(String sentence) {
        out.println("republish: " + OneLine.of(sentence));
    }
}
