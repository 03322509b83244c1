package org.jobtrail.simulator;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.IntStream;

/** An organization with its jobs. It stays for as long as the world does. */
final class Organization {
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
    private final String name;
    private final Instant firstBackup;
    private final List<JobSlot> slots;

    Organization(Dice world, int number, int jobs, double pace) {
        Dice dice = world.about("organization").about(number);
        this.id = dice.uuid();
        this.name = name(number) + ".onmicrosoft.com";
        this.firstBackup = Ticks.instant(-dice.about("first backup").between(0, Ticks.in(Duration.ofDays(500))));
        Turnover turnover = new Turnover(dice.about("turnover"), jobs, pace);
        this.slots = IntStream.range(0, jobs)
                .mapToObj(slot -> new JobSlot(dice, slot, turnover, pace, id))
                .toList();
    }

    UUID id() {
        return id;
    }

    String name() {
        return name;
    }

    Instant firstBackup() {
        return firstBackup;
    }

    Instant lastBackup(Instant now) {
        return jobs(now).stream()
                .map(Job::lastBackup)
                .flatMap(Optional::stream)
                .max(Instant::compareTo)
                .orElse(firstBackup);
    }

    List<Job> jobs(Instant now) {
        return slots.stream()
                .map(slot -> slot.job(now))
                .flatMap(Optional::stream)
                .toList();
    }

    private static String name(int number) {
        String name = NAMES.get(number % NAMES.size());
        int round = number / NAMES.size();
        return round == 0 ? name : name + (round + 1);
    }
}
