package org.jobtrail.verify;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jobtrail.text.OneLine;
import org.jobtrail.verify.Finding.Kind;

/** What is wrong, and what else a reader should know. The first are kept, the others counted: a topic of rubbish fills no memory. */
final class Findings {

    private static final int KEPT = 1_000;

    private final List<Finding> kept = new ArrayList<>();
    private final Set<String> warnings = new LinkedHashSet<>();
    private final Set<Kind> kinds = EnumSet.noneOf(Kind.class);
    private Finding worst;
    private long more;
    private long moreWarnings;

    void add(Finding finding) {
        kinds.add(finding.kind());
        if (worst == null || finding.kind().compareTo(worst.kind()) < 0) {
            worst = finding;
        }
        if (kept.size() < KEPT) {
            kept.add(finding);
        } else {
            more++;
        }
    }

    void add(Kind kind, String text, Object... arguments) {
        add(new Finding(kind, text.formatted(arguments)));
    }

    /** Something that is no contradiction, but that weakens what was found. */
    void warn(String text, Object... arguments) {
        if (warnings.size() < KEPT) {
            warnings.add(OneLine.of(text.formatted(arguments)));
        } else {
            moreWarnings++;
        }
    }

    /** The first of the kind that decides. */
    Optional<Finding> worst() {
        return Optional.ofNullable(worst);
    }

    /** True where any of this kind was found, kept or not. */
    boolean any(Kind kind) {
        return kinds.contains(kind);
    }

    List<Finding> kept() {
        return kept;
    }

    long more() {
        return more;
    }

    long moreWarnings() {
        return moreWarnings;
    }

    Set<String> warnings() {
        return warnings;
    }
}
