package org.jobtrail.benchmark;

import static org.jobtrail.benchmark.Part.say;

/** A warm program whose source has not changed, or hardly: against reading the lists and doing nothing with them, and a shell script. */
final class Steady {

    private static final String SHELL = "shell script (curl, jq, psql, kcat)";

    private Steady() {}

    static void run(Parts parts) throws Exception {
        Options options = parts.options();
        say("%s, API %s", options.population(), options.api);
        Case unchanged = new Case("nothing changed");
        Case changed = new Case("%s %% changed".formatted(options.percent()));
        try (Part part = parts.start("steady", options.api, options.population())) {
            part.polls().next();
            ShellPoll shell = null;
            if (options.without.contains("shell")) {
                say("the shell script is left out");
            } else if (!ShellPoll.missing().isEmpty()) {
                say("the shell script is left out: there is no %s", String.join(", ", ShellPoll.missing()));
            } else {
                shell = new ShellPoll(part.source(), part.stage(), options.directory);
                shell.poll();
            }
            part.warmUp();
            for (int round = 1; round <= options.rounds; round++) {
                part.floors(unchanged);
                unchanged.add(part.polls().next());
                poll(part, shell, unchanged);
                part.change(options.changed);
                part.floors(changed);
                changed.add(part.polls().next());
                poll(part, shell, changed);
            }
        }
        for (Case one : new Case[] {unchanged, changed}) {
            one.print(System.out);
            one.tellFloors(2);
            one.tellFaster(SHELL, 8);
        }
    }

    private static void poll(Part part, ShellPoll shell, Case one) throws Exception {
        if (shell != null) {
            part.polls().await();
            one.add(SHELL, shell.poll());
        }
    }
}
