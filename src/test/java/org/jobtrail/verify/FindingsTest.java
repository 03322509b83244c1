package org.jobtrail.verify;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jobtrail.verify.Finding.Kind;
import org.jobtrail.verify.Report.Verdict;
import org.junit.jupiter.api.Test;

class FindingsTest {

    private final Findings findings = new Findings();

    @Test
    void whatIsFoundAfterAThousandOthersStillCounts() {
        IntStream.range(0, 1_000).forEach(i -> findings.add(Kind.TOPIC_CONTRADICTS, "record %d", i));
        findings.add(Kind.PROTECTION_WEAKENED, "a trigger is gone");
        findings.add(Kind.CHAIN_BROKEN, "row 7");

        assertThat(findings.any(Kind.PROTECTION_WEAKENED)).isTrue();
        assertThat(findings.any(Kind.STATE_CONTRADICTS)).isFalse();
        assertThat(findings.worst()).get().extracting(Finding::text).isEqualTo("row 7");
        assertThat(report().lines()).hasSize(1_001).last().isEqualTo("and 2 more");
    }

    @Test
    void warningsThatAreNotKeptAreCounted() {
        IntStream.range(0, 1_002).forEach(i -> findings.warn("topic %d", i));

        assertThat(report().lines()).hasSize(1_001).last().isEqualTo("and 2 more warnings");
        assertThat(report().json()).contains("\"moreWarnings\":2");
    }

    private Report report() {
        return new Report(List.of(), Map.of(), findings, new Verdict(0, "as it is"));
    }
}
