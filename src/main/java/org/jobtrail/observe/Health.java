package org.jobtrail.observe;

import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** What is checked when somebody asks how the program is. */
public final class Health {

    /** One thing that can be well or not, and what an operator wants to know of it. */
    public record Check(String name, boolean up, Map<String, Object> data) {}

    private final List<Supplier<Check>> needed;
    private final List<Supplier<Check>> all;

    /** @param needed what readiness depends on; a dead source is none of it: restarting would not bring it back */
    public Health(List<Supplier<Check>> needed, List<Supplier<Check>> others) {
        this.needed = List.copyOf(needed);
        this.all = Stream.concat(needed.stream(), others.stream()).toList();
    }

    List<Check> ready() {
        return needed.stream().map(Supplier::get).toList();
    }

    List<Check> all() {
        return all.stream().map(Supplier::get).toList();
    }
}
