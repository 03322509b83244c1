package org.jobtrail.crash;

import java.io.IOException;
import java.util.Map;
import org.jobtrail.command.RunInThisProcess;
import org.jobtrail.support.Program;

/** The program at work, which somebody else stops. */
interface Running {

    interface Start {
        Running with(Map<String, String> environment) throws IOException;
    }

    /** Called while its ways to the servers are stopped; they are closed next. */
    void kill();

    void signal(String name) throws Exception;

    /** Has the threads of a process told in its output. */
    void dump() throws Exception;

    String output();

    /** A process like that of a user, and signals of the operating system. */
    static Running inItsOwnProcess(Map<String, String> environment) throws IOException {
        Program program = Program.start(environment, "run");
        return new Running() {
            @Override
            public void kill() {
                program.close();
            }

            @Override
            public void signal(String name) throws Exception {
                Process kill = new ProcessBuilder("kill", "-" + name, "" + program.pid())
                        .inheritIO()
                        .start();
                if (kill.waitFor() != 0) {
                    throw new AssertionError("no signal " + name + " for the program");
                }
            }

            @Override
            public void dump() throws Exception {
                signal("QUIT");
                Thread.sleep(2_000);
            }

            @Override
            public String output() {
                return program.output();
            }
        };
    }

    /**
     * Threads, which start in a fraction of the time. Killed, they go on for a while with servers that are gone for them for ever: what
     * they want to say stays with them, so for the servers, which keep all there is to keep, it is no different.
     */
    static Running inThreads(Map<String, String> environment) {
        var threads = new ThreadGroup("an instance");
        var failure = new Throwable[1];
        new Thread(threads, () -> {
                    try {
                        RunInThisProcess.run(environment);
                    } catch (InterruptedException e) {
                        // Killed.
                    } catch (Throwable e) {
                        failure[0] = e;
                    }
                })
                .start();
        return new Running() {
            @Override
            public void kill() {
                var end = new Thread(() -> interrupt(threads));
                end.setDaemon(true);
                end.start();
            }

            @Override
            public void signal(String name) {
                throw new UnsupportedOperationException("only a process has signals");
            }

            @Override
            public void dump() {
                // Whoever runs the test can ask this process.
            }

            @Override
            public String output() {
                return String.valueOf(failure[0]);
            }
        };
    }

    /** Whatever they wait for, they need not any more. */
    private static void interrupt(ThreadGroup threads) {
        try {
            for (int tries = 0; threads.activeCount() > 0 && tries < 100; tries++) {
                threads.interrupt();
                Thread.sleep(200);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
