package org.jobtrail.poll;

import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What is wrong with a source as a whole, whatever becomes of its single lists. Thread-safe. */
final class Trouble {

    private volatile String failure;
    private volatile String replacement;
    private volatile String listDoubt;

    /** Nothing of the source can be read. */
    void failed(String reason) {
        failure = reason;
    }

    /** Another installation answers than before. */
    void replaced(String reason) {
        replacement = reason;
    }

    /** Organizations may be missing in the list of them. */
    void doubt(String reason) {
        listDoubt = listDoubt == null ? reason : listDoubt + "; " + reason;
    }

    boolean isFailure() {
        return failure != null;
    }

    boolean isReplacement() {
        return replacement != null;
    }

    /** The list of organizations was read, but it may lack some, or be another installation's. */
    boolean isDoubt() {
        return failure == null && text().isPresent();
    }

    /** Empty where nothing is wrong. */
    Optional<String> text() {
        if (failure != null) {
            return Optional.of(failure);
        }
        String doubts = Stream.of(Optional.ofNullable(replacement), Optional.ofNullable(listDoubt))
                .flatMap(Optional::stream)
                .collect(Collectors.joining("; "));
        return Optional.of(doubts).filter(text -> !text.isEmpty());
    }
}
