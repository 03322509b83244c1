package org.jobtrail.simulator.world;

import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/** One job at one moment. */
public record Job(
        UUID id,
        UUID organizationId,
        UUID repositoryId,
        UUID proxyId,
        Optional<UUID> copyJobId,
        String name,
        String description,
        boolean entireOrganization,
        boolean enabled,
        JobStatus lastStatus,
        Optional<Instant> lastRun,
        Optional<Instant> nextRun,
        Optional<Instant> lastBackup,
        Schedule schedule,
        long eTag) {}
