package org.jobtrail.simulator.world;

import java.util.List;
import java.util.UUID;

/**
 * Numbers that look random and are a pure function of what they are asked about: the same question gets the same answer
 * in every process and on every day. The mixing is that of SplitMix64.
 */
record Dice(long state) {
    private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;

    Dice about(long topic) {
        return new Dice(mix(state + GOLDEN_GAMMA * (mix(topic) | 1)));
    }

    /** A topic by its name; {@link String#hashCode} is specified, so it may take part in a world that must not change. */
    Dice about(String topic) {
        return about((long) topic.hashCode());
    }

    int below(int bound) {
        return (int) Long.remainderUnsigned(state, bound);
    }

    /** From {@code low}, inclusive, to {@code high}, exclusive; {@code low} when there is nothing between them. */
    long between(long low, long high) {
        return high <= low ? low : low + Long.remainderUnsigned(state, high - low);
    }

    <T> T pick(List<T> choices) {
        return choices.get(below(choices.size()));
    }

    UUID uuid() {
        long high = about("uuid").state & ~0xF000L | 0x4000L;
        long low = about("uuid, second half").state & ~(3L << 62) | 2L << 62;
        return new UUID(high, low);
    }

    private static long mix(long value) {
        long mixed = value + GOLDEN_GAMMA;
        mixed = (mixed ^ mixed >>> 30) * 0xBF58476D1CE4E5B9L;
        mixed = (mixed ^ mixed >>> 27) * 0x94D049BB133111EBL;
        return mixed ^ mixed >>> 31;
    }
}
