package org.jobtrail.verify;

import java.time.Instant;
import java.util.Optional;

/**
 * Which rows are verified: of one organization or of all, observed from a moment on, and before another.
 *
 * @param from the first moment that belongs to it
 * @param to the first that does not any more
 */
public record Scope(Optional<String> organizationId, Optional<Instant> from, Optional<Instant> to) {

    public static final Scope ALL = new Scope(Optional.empty(), Optional.empty(), Optional.empty());

    boolean holds(String organization) {
        return organizationId.isEmpty() || organizationId.get().equals(organization);
    }

    boolean holds(Instant observedAt) {
        return from.filter(observedAt::isBefore).isEmpty()
                && to.filter(end -> !observedAt.isBefore(end)).isEmpty();
    }

    /** Fold and state say something only of whole histories. */
    boolean ofAllTime() {
        return from.isEmpty() && to.isEmpty();
    }
}
