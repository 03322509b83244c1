package org.jobtrail.simulator;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Predicate;

/** A place in an organization where one job lives after another, each with its own id. */
final class JobSlot {
    private static final List<String> CONTENTS = List.of("Mailboxes", "OneDrive", "SharePoint", "Teams", "Archive");
    private static final List<String> DEPARTMENTS = List.of(
            "Finance",
            "Sales",
            "Engineering",
            "Legal",
            "Human Resources",
            "Marketing",
            "Support",
            "Operations",
            "Research",
            "Executives",
            "Purchasing",
            "Logistics");
    private static final int NAME_PATTERNS = 4;

    private final Dice dice;
    private final int number;
    private final Turnover turnover;
    private final double pace;
    private final UUID organizationId;
    private final UUID repositoryId;
    private final UUID proxyId;

    JobSlot(Dice organization, int number, Turnover turnover, double pace, UUID organizationId) {
        this.dice = organization.about("slot").about(number);
        this.number = number;
        this.turnover = turnover;
        this.pace = pace;
        this.organizationId = organizationId;
        this.repositoryId = organization.about("repository").about(number % 2).uuid();
        this.proxyId = organization.about("proxy").uuid();
    }

    /** The job of this moment, or none between a deletion and the next creation. */
    Optional<Job> job(Instant instant) {
        long now = Ticks.at(instant);
        Turnover.Generation generation = turnover.generation(number, now);
        return now < generation.created() ? Optional.empty() : Optional.of(job(generation, now));
    }

    private Job job(Turnover.Generation generation, long now) {
        Dice job = dice.about("generation").about(generation.number());
        Interventions interventions = new Interventions(job.about("interventions"), generation.created(), pace);
        Runs runs = new Runs(job.about("runs"), generation.created(), pace, interventions::disabledAt);

        boolean enabled = !interventions.disabledAt(now);
        Optional<Runs.Run> latest = runs.latest(now);
        Optional<Runs.Run> finished = lastRun(runs, latest, run -> run.finishedAt(now));
        Optional<Runs.Run> good = lastRun(runs, finished, run -> run.result() != JobStatus.Failed);

        String content = job.about("content").pick(CONTENTS);
        return new Job(
                job.uuid(),
                organizationId,
                repositoryId,
                proxyId,
                name(job, content, interventions.renamesUntil(now)),
                content + " of " + department(),
                job.about("scope").below(2) == 0,
                enabled,
                latest.map(run -> run.finishedAt(now) ? run.result() : JobStatus.Running)
                        .orElse(JobStatus.Stopped),
                finished.map(run -> Ticks.instant(run.end())),
                enabled ? Optional.of(Ticks.instant(runs.nextStart(now))) : Optional.empty(),
                good.map(run -> Ticks.instant(run.end())),
                Schedule.revision(job, interventions.reschedulesUntil(now)),
                latestChange(interventions, latest, now));
    }

    private static Optional<Runs.Run> lastRun(Runs runs, Optional<Runs.Run> newest, Predicate<Runs.Run> wanted) {
        Optional<Runs.Run> run = newest;
        while (run.isPresent() && !wanted.test(run.get())) {
            run = runs.before(run.get());
        }
        return run;
    }

    private static long latestChange(Interventions interventions, Optional<Runs.Run> latest, long now) {
        long byPeople = interventions.latestUntil(now);
        long byRuns =
                latest.map(run -> run.finishedAt(now) ? run.end() : run.start()).orElse(0L);
        return Math.max(byPeople, byRuns);
    }

    private String name(Dice job, String content, long renames) {
        String department = department();
        return switch ((int) ((job.about("name").below(NAME_PATTERNS) + renames) % NAME_PATTERNS)) {
            case 0 -> content + " " + department;
            case 1 -> department + " " + content;
            case 2 -> content + " - " + department;
            default -> department + " (" + content + ")";
        };
    }

    /** Job names are unique in an organization, so the departments of a large one are numbered. */
    private String department() {
        String department = DEPARTMENTS.get(number % DEPARTMENTS.size());
        int round = number / DEPARTMENTS.size();
        return round == 0 ? department : department + " " + (round + 1);
    }
}
