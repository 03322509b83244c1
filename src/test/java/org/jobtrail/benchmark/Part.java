package org.jobtrail.benchmark;

import java.io.IOException;
import java.sql.SQLException;
import java.util.Locale;

/** What every part works with: a server of lists, a stage, a Jobtrail of its own, and the floors. */
final class Part implements AutoCloseable {

    static final String FETCH = "fetch";
    static final String TOKENISE = "tokenise";
    static final String BOTH = "fetch and tokenise in one pass";

    private final Options options;
    private final ListServer source;
    private final ListFloors floors;
    private final Stage stage;
    private Polls polls;

    Part(Options options, Servers servers, String api, String name) throws Exception {
        this.options = options;
        this.source = new ListServer(api, options.gzip, options.directory);
        this.floors = new ListFloors(source);
        this.stage = new Stage(servers, name);
    }

    /** Starts Jobtrail; its first poll finds these. */
    void open(Population population) throws Exception {
        source.populate(population);
        polls = new Polls(
                stage, source, options.memory, options.directory.resolve(stage.topic("jobtrail")), options.patience());
        polls.await();
    }

    Options options() {
        return options;
    }

    ListServer source() {
        return source;
    }

    Stage stage() {
        return stage;
    }

    Polls polls() {
        return polls;
    }

    /** A share of the jobs has changed when the next poll comes. */
    void change(double share) {
        if (share > 0) {
            source.populate(source.population().changed(share));
        }
    }

    /** All lists are others when the next poll comes. */
    void replace() {
        source.populate(source.population().replaced());
    }

    /** Measures what nobody can be faster than, while Jobtrail waits. */
    void floors(Case one) throws Exception {
        polls.await();
        one.add(FETCH, floors.fetch());
        one.add(TOKENISE, floors.tokenise());
        one.add(BOTH, floors.fetchAndTokenise());
    }

    /** Polls, and measures floors, until nothing gets faster any more. */
    void warmUp() throws Exception {
        for (int i = 0; i < options.warmUp; i++) {
            floors(new Case(""));
            change(i % 2 == 0 ? 0 : options.changed);
            polls.next();
        }
    }

    static void say(String text, Object... values) {
        System.out.printf(Locale.ROOT, "  " + text + "%n", values);
    }

    @Override
    public void close() throws IOException, SQLException {
        // First of all: who stands at the gate would not hear that it shall end.
        source.close();
        if (polls != null) {
            polls.close();
        }
        floors.close();
        stage.close();
    }
}
