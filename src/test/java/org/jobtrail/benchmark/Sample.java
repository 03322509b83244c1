package org.jobtrail.benchmark;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What was measured in each round. */
final class Sample {

    private final List<Double> values = new ArrayList<>();

    void add(double value) {
        values.add(value);
    }

    boolean isEmpty() {
        return values.isEmpty();
    }

    double median() {
        List<Double> sorted = values.stream().sorted().toList();
        int size = sorted.size();
        return size == 0 ? Double.NaN : (sorted.get((size - 1) / 2) + sorted.get(size / 2)) / 2;
    }

    /** Seconds, with the smallest and the largest. */
    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "%9.3f s  %9.3f - %.3f",
                median(),
                values.stream().mapToDouble(Double::doubleValue).min().orElse(Double.NaN),
                values.stream().mapToDouble(Double::doubleValue).max().orElse(Double.NaN));
    }
}
