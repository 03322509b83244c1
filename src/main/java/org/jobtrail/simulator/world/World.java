package org.jobtrail.simulator.world;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.IntStream;

/**
 * Organizations whose jobs live in time-lapse. Everything is computed from the seed, the options and the moment asked
 * about, and nothing is remembered: a simulator that is restarted goes on with the same jobs, as if it had never been away.
 * Immutable, so safe for any number of threads.
 */
public final class World {
    private final UUID installationId;
    private final List<Organization> organizations;

    /** @param turnover whether jobs are deleted and others created */
    public World(long seed, int organizations, int jobsPerOrganization, double pace, boolean turnover) {
        Dice dice = new Dice(seed).about("world");
        this.installationId = dice.about("installation").uuid();
        this.organizations = IntStream.range(0, organizations)
                .mapToObj(number -> new Organization(dice, number, jobsPerOrganization, pace, turnover))
                .toList();
    }

    public UUID installationId() {
        return installationId;
    }

    public List<Organization> organizations() {
        return organizations;
    }

    public Optional<Organization> organization(String id) {
        return organizations.stream()
                .filter(organization -> organization.id().toString().equalsIgnoreCase(id))
                .findFirst();
    }

    public List<JobLife> lives(Instant now) {
        return organizations.stream()
                .flatMap(organization -> organization.lives(now).stream())
                .toList();
    }

    List<Job> jobs(Instant now) {
        return lives(now).stream().map(life -> life.job(now)).toList();
    }
}
