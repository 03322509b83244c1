package org.jobtrail.simulator.world;

import java.util.UUID;

/** What the jobs have in common that live in one place of an organization, one after another. */
record JobPlace(
        UUID organizationId, UUID repositoryId, UUID copyRepositoryId, UUID proxyId, String department, double pace) {}
