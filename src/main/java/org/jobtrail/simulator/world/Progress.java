package org.jobtrail.simulator.world;

import java.time.Instant;
import java.util.Optional;
import java.util.function.Predicate;

/** How far the runs of a job have come at one moment, as the job shows it. */
record Progress(JobStatus lastStatus, Optional<Instant> lastRun, Optional<Instant> lastBackup, long latestChange) {

    static Progress of(RunSequence runs, long now) {
        Optional<RunSequence.Run> latest = runs.latest(now);
        Optional<RunSequence.Run> finished = newest(runs, latest, run -> run.finishedAt(now));
        Optional<RunSequence.Run> good =
                newest(runs, finished, run -> run.result().isGood());
        return new Progress(
                latest.map(run -> run.statusAt(now)).orElse(JobStatus.Stopped),
                finished.map(run -> Ticks.instant(run.end())),
                good.map(run -> Ticks.instant(run.end())),
                latest.map(run -> run.latestChangeUntil(now)).orElse(0L));
    }

    private static Optional<RunSequence.Run> newest(
            RunSequence runs, Optional<RunSequence.Run> newest, Predicate<RunSequence.Run> wanted) {
        Optional<RunSequence.Run> run = newest;
        while (run.isPresent() && !wanted.test(run.get())) {
            run = runs.before(run.get());
        }
        return run;
    }
}
