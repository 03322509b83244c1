package org.jobtrail.simulator.world;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.IntStream;

/** An organization with its jobs. It stays for as long as the world does. */
public final class Organization {
    private static final List<String> NAMES = List.of(
            "contoso",
            "fabrikam",
            "northwind",
            "adatum",
            "litware",
            "proseware",
            "tailspin",
            "wingtip",
            "woodgrove",
            "fourthcoffee");

    private final UUID id;
    private final int number;
    private final String name;
    private final ConnectedAccount account;
    private final Instant firstBackup;
    private final List<JobSlot> slots;

    Organization(Dice world, int number, int jobs, double pace, boolean jobsComeAndGo) {
        Dice dice = world.about("organization").about(number);
        this.id = dice.uuid();
        this.number = number;
        this.name = name(number) + ".onmicrosoft.com";
        this.account = ConnectedAccount.of(dice.about("account"), name);
        this.firstBackup = Ticks.instant(-dice.about("first backup").between(0, Ticks.in(Duration.ofDays(500))));
        Turnover turnover = new Turnover(dice.about("turnover"), jobsComeAndGo ? jobs : 0, pace);
        this.slots = IntStream.range(0, jobs)
                .mapToObj(slot -> new JobSlot(dice, slot, turnover, pace, id))
                .toList();
    }

    public UUID id() {
        return id;
    }

    /** From 1. */
    public int number() {
        return number + 1;
    }

    public String name() {
        return name;
    }

    public String description() {
        return number % 2 == 0 ? "" : "Customer " + number();
    }

    /** The first three are of the usual kind, and most of the others. */
    public OrganizationType type() {
        return switch (number % 5) {
            case 3 -> OrganizationType.OnPremises;
            case 4 -> OrganizationType.Hybrid;
            default -> OrganizationType.Office365;
        };
    }

    public ConnectedAccount account() {
        return account;
    }

    public Instant firstBackup() {
        return firstBackup;
    }

    public Instant lastBackup(Instant now) {
        return jobs(now).stream()
                .map(Job::lastBackup)
                .flatMap(Optional::stream)
                .max(Instant::compareTo)
                .orElse(firstBackup);
    }

    /** The jobs that there are now; what they look like is worked out for those that are asked. */
    public List<JobLife> lives(Instant instant) {
        long now = Ticks.at(instant);
        return slots.stream()
                .map(slot -> slot.life(now))
                .flatMap(Optional::stream)
                .toList();
    }

    List<Job> jobs(Instant now) {
        return lives(now).stream().map(life -> life.job(now)).toList();
    }

    List<CopyJob> copyJobs(Instant now) {
        return lives(now).stream()
                .filter(JobLife::isCopied)
                .map(life -> life.copyJob(now))
                .toList();
    }

    private static String name(int number) {
        String name = NAMES.get(number % NAMES.size());
        int round = number / NAMES.size();
        return round == 0 ? name : name + (round + 1);
    }
}
