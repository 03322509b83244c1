package org.jobtrail.verify;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jobtrail.text.Counted;
import org.jobtrail.text.JsonText;

/** What {@code verify} tells: lines for people or one JSON document, and at their end the same verdict. */
public final class Report {

    private final List<String> lines = new ArrayList<>();
    private final Map<String, Object> counts = new LinkedHashMap<>();
    private final Findings findings;
    private final Verdict verdict;

    /** What was found, in one sentence, and the exit code that says the same. */
    public record Verdict(int exitCode, String sentence) {}

    Report(List<String> lines, Map<String, Object> counts, Findings findings, Verdict verdict) {
        this.lines.addAll(lines);
        this.counts.putAll(counts);
        this.findings = findings;
        this.verdict = verdict;
    }

    /** The report of a verification that came to no verdict. */
    public static Report unverified(int exitCode, String sentence) {
        return new Report(List.of(), Map.of(), new Findings(), new Verdict(exitCode, sentence));
    }

    public Verdict verdict() {
        return verdict;
    }

    /** All but the verdict. */
    public List<String> lines() {
        var all = new ArrayList<>(lines);
        findings.warnings().forEach(warning -> all.add("WARNING: " + warning));
        if (findings.moreWarnings() > 0) {
            all.add("and " + Counted.of(findings.moreWarnings(), "more warning"));
        }
        findings.kept().forEach(finding -> all.add(finding.kind() + ": " + finding.text()));
        if (findings.more() > 0) {
            all.add("and %d more".formatted(findings.more()));
        }
        return all;
    }

    public String json() {
        ObjectNode report = JsonNodeFactory.instance.objectNode();
        report.put("verdict", verdict.sentence()).put("exitCode", verdict.exitCode());
        report.putPOJO("counts", counts);
        ArrayNode found = report.putArray("findings");
        findings.kept()
                .forEach(finding -> found.addObject()
                        .put("kind", finding.kind().toString())
                        .put("exitCode", finding.kind().exitCode())
                        .put("text", finding.text()));
        report.put("moreFindings", findings.more());
        findings.warnings().forEach(report.putArray("warnings")::add);
        report.put("moreWarnings", findings.moreWarnings());
        return JsonText.of(report);
    }
}
