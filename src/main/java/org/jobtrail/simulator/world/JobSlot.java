package org.jobtrail.simulator.world;

import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** A place in an organization where one job lives after another, each with its own id. */
final class JobSlot {
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

    private final Dice dice;
    private final int number;
    private final Turnover turnover;
    private final JobPlace place;

    JobSlot(Dice organization, int number, Turnover turnover, double pace, UUID organizationId) {
        this.dice = organization.about("slot").about(number);
        this.number = number;
        this.turnover = turnover;
        this.place = new JobPlace(
                organizationId,
                organization.about("repository").about(number % 2).uuid(),
                organization.about("copy repository").uuid(),
                organization.about("proxy").uuid(),
                department(number),
                pace);
    }

    /** The job that lives now, or none between a deletion and the next creation. */
    Optional<JobLife> life(long now) {
        Turnover.Generation generation = turnover.generation(number, now);
        if (now < generation.created()) {
            return Optional.empty();
        }
        return Optional.of(
                new JobLife(dice.about("generation").about(generation.number()), place, generation.created()));
    }

    /** Job names are unique in an organization, so the departments of a large one are numbered. */
    private static String department(int number) {
        String department = DEPARTMENTS.get(number % DEPARTMENTS.size());
        int round = number / DEPARTMENTS.size();
        return round == 0 ? department : department + " " + (round + 1);
    }
}
