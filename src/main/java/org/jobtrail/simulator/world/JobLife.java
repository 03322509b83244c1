package org.jobtrail.simulator.world;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** One job from its creation to its deletion, and the copy job that a share of the jobs has for as long. */
public final class JobLife {
    private static final List<String> CONTENTS = List.of("Mailboxes", "OneDrive", "SharePoint", "Teams", "Archive");
    private static final int NAME_PATTERNS = 4;
    private static final int ONE_COPIED_OF = 3;

    private final Dice dice;
    private final JobPlace place;
    private final long created;
    private final Interventions interventions;
    private final Runs runs;

    JobLife(Dice dice, JobPlace place, long created) {
        this.dice = dice;
        this.place = place;
        this.created = created;
        this.interventions = new Interventions(dice.about("interventions"), created, place.pace());
        this.runs = new Runs(dice.about("runs"), created, place.pace(), interventions::disabledAt);
    }

    public boolean isCopied() {
        return dice.about("copied").below(ONE_COPIED_OF) == 0;
    }

    public Job job(Instant instant) {
        long now = Ticks.at(instant);
        Progress progress = Progress.of(runs, now);
        Schedule schedule = Schedule.revision(dice, interventions.reschedulesUntil(now));
        boolean enabled = !interventions.disabledAt(now);
        return new Job(
                id(),
                place.organizationId(),
                place.repositoryId(),
                place.proxyId(),
                isCopied() ? Optional.of(copyId()) : Optional.empty(),
                name(interventions.renamesUntil(now)),
                content() + " of " + place.department(),
                dice.about("scope").below(2) == 0,
                enabled,
                progress.lastStatus(),
                progress.lastRun(),
                nextRun(now, enabled && !schedule.isManual()),
                progress.lastBackup(),
                schedule,
                Math.max(interventions.latestUntil(now), progress.latestChange()));
    }

    public CopyJob copyJob(Instant instant) {
        long now = Ticks.at(instant);
        Dice copy = dice.about("copy");
        Interventions own = new Interventions(copy.about("interventions"), created, place.pace());
        Progress progress = Progress.of(new CopyRuns(copy.about("runs"), runs, own::disabledAt), now);
        CopySchedule schedule = CopySchedule.revision(copy, own.reschedulesUntil(now));
        boolean enabled = !own.disabledAt(now);
        boolean scheduled = enabled && !schedule.type().equals(CopySchedule.IMMEDIATE);
        return new CopyJob(
                copyId(),
                id(),
                place.organizationId(),
                place.copyRepositoryId(),
                name(0) + (own.renamesUntil(now) % 2 == 0 ? " copy" : " second copy"),
                enabled,
                progress.lastStatus(),
                progress.lastRun(),
                nextRun(now, scheduled),
                progress.lastBackup(),
                schedule,
                Math.max(Math.max(own.latestUntil(now), progress.latestChange()), scheduled ? runs.latestDue(now) : 0));
    }

    private Optional<Instant> nextRun(long now, boolean scheduled) {
        return scheduled ? Optional.of(Ticks.instant(runs.nextStart(now))) : Optional.empty();
    }

    private UUID id() {
        return dice.uuid();
    }

    private UUID copyId() {
        return dice.about("copy").uuid();
    }

    private String content() {
        return dice.about("content").pick(CONTENTS);
    }

    private String name(long renames) {
        String content = content();
        String department = place.department();
        return switch ((int) ((dice.about("name").below(NAME_PATTERNS) + renames) % NAME_PATTERNS)) {
            case 0 -> content + " " + department;
            case 1 -> department + " " + content;
            case 2 -> content + " - " + department;
            default -> department + " (" + content + ")";
        };
    }
}
