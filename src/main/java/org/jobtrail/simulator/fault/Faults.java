package org.jobtrail.simulator.fault;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What is wrong with a server just now. Faults can be ordered and ended while it runs. They are named and valued as on the
 * command line: {@code page-limit=2}, {@code server-error=3}, {@code hang*1}. Safe for any number of threads.
 */
public final class Faults {
    private final Map<Fault, Running> running = new ConcurrentHashMap<>();
    private final Map<Fault, Long> happened = new ConcurrentHashMap<>();

    public Faults(List<String> orders) {
        orders.forEach(this::order);
    }

    /**
     * From now on; counting begins anew where the fault was ordered before.
     *
     * @param order {@code NAME[=VALUE][*TIMES]}
     * @throws IllegalArgumentException with a sentence, if there is no such fault or its value makes no sense
     */
    public void order(String order) {
        FaultOrder parsed = FaultOrder.of(order);
        running.put(parsed.fault(), new Running(parsed));
    }

    public void end(String name) {
        running.remove(
                Fault.of(name).orElseThrow(() -> new IllegalArgumentException("There is no fault \"" + name + "\".")));
    }

    public void endAll() {
        running.clear();
    }

    /** How many times a fault has happened since the start, as far as it is one that happens: a clock is just wrong. */
    public long happened(String name) {
        return Fault.of(name).map(fault -> happened.getOrDefault(fault, 0L)).orElse(0L);
    }

    public boolean isOrdered(Fault fault) {
        return running.containsKey(fault);
    }

    public OptionalLong number(Fault fault) {
        Running ordered = running.get(fault);
        return ordered == null ? OptionalLong.empty() : OptionalLong.of(ordered.order.number());
    }

    public Duration clockSkew() {
        Running ordered = running.get(Fault.CLOCK_SKEW);
        return ordered == null ? Duration.ZERO : ordered.order.duration();
    }

    /** Asked once for each thing that the fault may happen to; whether this is the one. */
    public boolean strikes(Fault fault) {
        Running ordered = running.get(fault);
        boolean strikes = ordered != null && ordered.strikes();
        if (strikes) {
            happens(fault);
        }
        return strikes;
    }

    /** For a fault that goes to and fro: which of the two it is for one list, after this request has switched it or not. */
    public boolean isSwitched(Fault fault, String list, boolean maySwitch) {
        Running ordered = running.get(fault);
        if (ordered == null) {
            return false;
        }
        return maySwitch && strikes(fault)
                ? ordered.switched.merge(list, true, (before, on) -> !before)
                : ordered.switched.getOrDefault(list, false);
    }

    public void happens(Fault fault) {
        happened.merge(fault, 1L, Long::sum);
    }

    private static final class Running {
        private final FaultOrder order;
        private final Map<String, Boolean> switched = new ConcurrentHashMap<>();
        private long asked;
        private long left;

        Running(FaultOrder order) {
            this.order = order;
            this.left = order.times();
        }

        synchronized boolean strikes() {
            asked++;
            if (asked % order.number() != 0 || left == 0) {
                return false;
            }
            left--;
            return true;
        }
    }
}
