package org.jobtrail.simulator.world;

import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/** One copy job at one moment: it copies what its backup job backed up to another repository. */
public record CopyJob(
        UUID id,
        UUID backupJobId,
        UUID organizationId,
        UUID repositoryId,
        String name,
        boolean enabled,
        JobStatus lastStatus,
        Optional<Instant> lastRun,
        Optional<Instant> nextRun,
        Optional<Instant> lastBackup,
        CopySchedule schedule,
        long eTag) {}
