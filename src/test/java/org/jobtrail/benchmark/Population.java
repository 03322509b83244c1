package org.jobtrail.benchmark;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * Which organizations and jobs there are, and how often each job has changed: a function of these numbers alone, so that any of a
 * million jobs can be written without one being kept.
 *
 * @param generation those of another one have other ids
 * @param strides what has changed so far: every so manieth job
 */
record Population(int generation, int organizations, int jobs, List<Integer> strides) {

    Population(int organizations, int jobs) {
        this(1, organizations, jobs, List.of());
    }

    /** The same jobs, of which a share has run once more, evenly spread. */
    Population changed(double share) {
        int stride = (int) Math.max(1, Math.round(1 / share));
        return new Population(
                generation,
                organizations,
                jobs,
                Stream.concat(strides.stream(), Stream.of(stride)).toList());
    }

    /** As many that nobody has seen yet. */
    Population replaced() {
        return new Population(generation + 1, organizations, jobs, List.of());
    }

    /** How often a job has changed. */
    int revision(int organization, int job) {
        long number = (long) organization * jobs + job;
        int revision = 0;
        for (int i = 0; i < strides.size(); i++) {
            // Each time others.
            if ((number + i) % strides.get(i) == 0) {
                revision++;
            }
        }
        return revision;
    }

    String organizationId(int organization) {
        return new UUID(mix(generation), mix(organization)).toString();
    }

    byte[] jobId(int organization, int job) {
        return new UUID(mix(((long) generation << 32) + organization), mix(job))
                .toString()
                .getBytes(StandardCharsets.ISO_8859_1);
    }

    long size() {
        return (long) organizations * jobs;
    }

    @Override
    public String toString() {
        return "%d organizations x %d jobs".formatted(organizations, jobs);
    }

    /** Looks random, and is another one for each number. */
    static long mix(long number) {
        long z = (number + 1) * 0x9E3779B97F4A7C15L;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
