package org.jobtrail.simulator.world;

import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WorldTest {
    private static final Instant START = Instant.parse("2026-11-23T10:00:00Z");

    private enum Event {
        STATUS,
        QUICK_RUN,
        DISABLED,
        ENABLED,
        RENAMED,
        RESCHEDULED,
        DELETED,
        CREATED
    }

    @Test
    void aRestartedWorldGoesOnWithTheSameJobs() {
        World world = usual(1);
        world.jobs(START.plusSeconds(500));

        assertThat(world.jobs(START)).isEqualTo(usual(1).jobs(START)).isNotEmpty();
    }

    @Test
    void anotherSeedIsAnotherWorld() {
        assertThat(usual(1).jobs(START))
                .extracting(Job::id)
                .doesNotContainAnyElementsOf(
                        usual(2).jobs(START).stream().map(Job::id).toList());
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void aClientSeesAtLeastFiveStatusChangesInItsFirstThirtySeconds(long seed) {
        for (int hour = 0; hour < 24; hour += 3) {
            assertThat(events(usual(seed), START.plus(Duration.ofHours(hour)), Duration.ofSeconds(30)))
                    .filteredOn(Event.STATUS::equals)
                    .hasSizeGreaterThanOrEqualTo(5);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void aClientSeesEveryKindOfChangeWithinFiveMinutes(long seed) {
        assertThat(EnumSet.copyOf(events(usual(seed), START, Duration.ofMinutes(5))))
                .isEqualTo(EnumSet.allOf(Event.class));
    }

    @Test
    void twiceThePaceIsAboutTwiceTheEvents() {
        int usual = events(new World(1, 3, 12, 1, true), START, Duration.ofMinutes(10))
                .size();
        int fast = events(new World(1, 3, 12, 2, true), START, Duration.ofMinutes(10))
                .size();

        assertThat((double) fast / usual).isBetween(1.6, 2.4);
    }

    @ParameterizedTest
    @CsvSource({"3, 1", "12, 1", "12, 20", "100, 20", "40, 100", "2, 20", "1, 1"})
    void jobsNeverDisappearInMass(int jobs, double pace) {
        World world = new World(7, 1, jobs, pace, true);
        for (Organization organization : world.organizations()) {
            Deque<Instant> deletions = new ArrayDeque<>();
            Set<UUID> before = ids(organization, START);
            for (int second = 1; second <= 900; second++) {
                Instant now = START.plusSeconds(second);
                Set<UUID> after = ids(organization, now);
                before.removeAll(after);
                before.forEach(deleted -> deletions.add(now));
                deletions.removeIf(deletion -> deletion.isBefore(now.minusSeconds(60)));

                assertThat(deletions).hasSizeLessThanOrEqualTo(3);
                assertThat(after).hasSizeGreaterThanOrEqualTo(jobs - jobs / 3);
                before = after;
            }
        }
    }

    @Test
    void aDeletedJobIsFollowedByOneWithAnotherId() {
        World world = usual(1);
        Set<UUID> ever = new HashSet<>();
        for (int minute = 0; minute < 60; minute++) {
            world.jobs(START.plus(Duration.ofMinutes(minute))).forEach(job -> ever.add(job.id()));
        }

        assertThat(ever).hasSizeGreaterThan(36 + 90);
        assertThat(ever).allMatch(id -> id.version() == 4 && id.variant() == 2);
    }

    @Test
    void theLastRunOfAJobIsTheEndOfAFinishedRunAndNeverChangesAfterwards() {
        Map<UUID, Job> previous = new HashMap<>();
        Map<String, JobStatus> results = new HashMap<>();
        forEachSecond(900, (now, job) -> {
            job.lastRun().ifPresent(lastRun -> {
                assertThat(lastRun).isBeforeOrEqualTo(now);
                if (!isUnderWay(job)) {
                    JobStatus known = results.putIfAbsent(job.id() + " " + lastRun, job.lastStatus());
                    assertThat(known).isIn(null, job.lastStatus());
                }
            });
            Job before = previous.put(job.id(), job);
            if (before != null && before.lastRun().isPresent()) {
                assertThat(job.lastRun()).isPresent();
                assertThat(job.lastRun().get())
                        .isAfterOrEqualTo(before.lastRun().get());
            }
        });
        assertThat(results).hasSizeGreaterThan(100);
    }

    @Test
    void aJobThatHasNeverRunIsStoppedAndHasNoLastRun() {
        List<Job> fresh = new ArrayList<>();
        forEachSecond(600, (now, job) -> {
            if (job.lastStatus() == JobStatus.Stopped) {
                fresh.add(job);
            }
        });

        assertThat(fresh).isNotEmpty().allSatisfy(job -> {
            assertThat(job.lastRun()).isEmpty();
            assertThat(job.lastBackup()).isEmpty();
        });
    }

    @Test
    void aJobRunsWhenItsNextRunIsDueUnlessItIsDisabledByThen() {
        Map<UUID, Job> previous = new HashMap<>();
        forEachSecond(900, (now, job) -> {
            Job before = previous.put(job.id(), job);
            boolean due = before != null
                    && before.nextRun().filter(next -> !next.isAfter(now)).isPresent();
            if (due && job.enabled()) {
                assertThat(isUnderWay(job)).isTrue();
            }
            job.nextRun().ifPresent(next -> assertThat(next).isAfter(now));
        });
    }

    @Test
    void aDisabledJobStartsNoRunAndHasNoNextRun() {
        Map<UUID, Job> previous = new HashMap<>();
        forEachSecond(900, (now, job) -> {
            Job before = previous.put(job.id(), job);
            assertThat(job.nextRun().isPresent())
                    .isEqualTo(job.enabled() && !job.schedule().isManual());
            if (before != null && !before.enabled() && !isUnderWay(before) && !job.enabled()) {
                assertThat(isUnderWay(job)).isFalse();
            }
        });
    }

    @Test
    void theETagMovesIfAndOnlyIfTheJobDoes() {
        Map<UUID, Job> previous = new HashMap<>();
        forEachSecond(900, (now, job) -> {
            Job before = previous.put(job.id(), job);
            if (before != null) {
                assertThat(job.equals(before)).isEqualTo(job.eTag() == before.eTag());
                assertThat(job.eTag()).isGreaterThanOrEqualTo(before.eTag());
            }
        });
    }

    @Test
    void everyWordOfTheApiComesUp() {
        Set<JobStatus> seen = EnumSet.noneOf(JobStatus.class);
        forEachSecond(1800, (now, job) -> seen.add(job.lastStatus()));

        assertThat(seen).isEqualTo(EnumSet.allOf(JobStatus.class));
    }

    @Test
    void aShareOfTheJobsHasACopyJobThatLivesAsLong() {
        World world = usual(1);
        for (int minute = 0; minute < 30; minute++) {
            Instant now = START.plus(Duration.ofMinutes(minute));
            for (Organization organization : world.organizations()) {
                List<Job> jobs = organization.jobs(now);
                assertThat(organization.copyJobs(now))
                        .hasSizeBetween(1, jobs.size() - 1)
                        .allSatisfy(copy -> {
                            assertThat(jobs)
                                    .anyMatch(job -> job.id().equals(copy.backupJobId())
                                            && job.copyJobId().equals(Optional.of(copy.id())));
                            assertThat(copy.organizationId()).isEqualTo(organization.id());
                        });
            }
        }
    }

    @Test
    void aCopyRunsAfterItsBackupIsDoneAndIsOverBeforeTheNextIs() {
        Map<UUID, Instant> backedUp = new HashMap<>();
        int copies = 0;
        World world = usual(1);
        for (int second = 0; second < 900; second++) {
            Instant now = START.plusSeconds(second);
            world.jobs(now).forEach(job -> job.lastRun().ifPresent(end -> backedUp.put(job.id(), end)));
            for (CopyJob copy : copyJobs(world, now)) {
                if (copy.lastRun().isPresent()) {
                    assertThat(copy.lastRun().get()).isBeforeOrEqualTo(now);
                }
                if (copy.lastStatus() == JobStatus.Running) {
                    copies++;
                    assertThat(backedUp).containsKey(copy.backupJobId());
                    assertThat(copy.lastRun().orElse(Instant.MIN)).isBefore(backedUp.get(copy.backupJobId()));
                }
            }
        }
        assertThat(copies).isGreaterThan(100);
    }

    @Test
    void theETagOfACopyJobMovesIfAndOnlyIfTheCopyJobDoes() {
        Map<UUID, CopyJob> previous = new HashMap<>();
        World world = usual(1);
        Set<CopyJob> ever = new HashSet<>();
        for (int second = 0; second < 900; second++) {
            for (CopyJob copy : copyJobs(world, START.plusSeconds(second))) {
                ever.add(copy);
                CopyJob before = previous.put(copy.id(), copy);
                if (before != null) {
                    assertThat(copy.equals(before)).isEqualTo(copy.eTag() == before.eTag());
                    assertThat(copy.eTag()).isGreaterThanOrEqualTo(before.eTag());
                }
            }
        }
        assertThat(ever).hasSizeGreaterThan(3 * previous.size());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 30, 31, 10_001})
    void withoutTurnoverThereAreAlwaysTheSameJobs(int jobs) {
        World world = new World(1, 1, jobs, 1, false);
        Set<UUID> ever = new HashSet<>();
        for (int minute = 0; minute < 10; minute += 4) {
            List<Job> now = world.jobs(START.plus(Duration.ofMinutes(minute)));
            assertThat(now).hasSize(jobs);
            now.forEach(job -> ever.add(job.id()));
        }

        assertThat(ever).hasSize(jobs);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 30, 31, 10_000, 10_001})
    void anOrganizationHasAsManyJobsAsItIsToldExceptForOneThatIsBeingReplaced(int jobs) {
        assertThat(new World(1, 1, jobs, 1, true).jobs(START))
                .hasSizeBetween(Math.max(0, jobs - (jobs < 3 ? 0 : 1)), jobs);
    }

    @Test
    void jobNamesAreUniqueInAnOrganization() {
        for (Organization organization : new World(1, 2, 100, 1, true).organizations()) {
            assertThat(organization.jobs(START)).extracting(Job::name).doesNotHaveDuplicates();
        }
    }

    private static boolean isUnderWay(Job job) {
        return job.lastStatus() == JobStatus.Running || job.lastStatus() == JobStatus.Queued;
    }

    private static List<CopyJob> copyJobs(World world, Instant now) {
        return world.organizations().stream()
                .flatMap(organization -> organization.copyJobs(now).stream())
                .toList();
    }

    private static World usual(long seed) {
        return new World(seed, 3, 12, 1, true);
    }

    private static Set<UUID> ids(Organization organization, Instant now) {
        Set<UUID> ids = new HashSet<>();
        organization.jobs(now).forEach(job -> ids.add(job.id()));
        return ids;
    }

    private static void forEachSecond(int seconds, Look look) {
        World world = usual(1);
        for (int second = 0; second < seconds; second++) {
            Instant now = START.plusSeconds(second);
            world.jobs(now).forEach(job -> look.at(now, job));
        }
    }

    /** What a client that polls every five seconds would notice. */
    private static List<Event> events(World world, Instant from, Duration duration) {
        List<Event> events = new ArrayList<>();
        Map<UUID, Job> before = byId(world, from);
        for (int second = 5; second <= duration.toSeconds(); second += 5) {
            Map<UUID, Job> after = byId(world, from.plusSeconds(second));
            before.keySet().stream().filter(id -> !after.containsKey(id)).forEach(id -> events.add(Event.DELETED));
            for (Job job : after.values()) {
                compare(before.get(job.id()), job, events);
            }
            before = after;
        }
        return events;
    }

    private static void compare(Job before, Job after, List<Event> events) {
        if (before == null) {
            events.add(Event.CREATED);
            return;
        }
        if (before.lastStatus() != after.lastStatus()) {
            events.add(Event.STATUS);
        } else if (!before.lastRun().equals(after.lastRun())) {
            events.add(Event.QUICK_RUN);
        }
        if (before.enabled() != after.enabled()) {
            events.add(after.enabled() ? Event.ENABLED : Event.DISABLED);
        }
        if (!before.name().equals(after.name())) {
            events.add(Event.RENAMED);
        }
        if (!before.schedule().equals(after.schedule())) {
            events.add(Event.RESCHEDULED);
        }
    }

    private static Map<UUID, Job> byId(World world, Instant now) {
        return world.jobs(now).stream().collect(toMap(Job::id, Function.identity()));
    }

    private interface Look {
        void at(Instant now, Job job);
    }
}
