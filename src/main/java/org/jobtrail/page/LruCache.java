package org.jobtrail.page;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToLongFunction;

/**
 * What a process need not read again, by what it is of. What was not used for the longest time is forgotten where there is no room.
 * Thread-safe.
 */
public final class LruCache<K, V> {

    private final long most;
    private final ToLongFunction<V> size;
    private final Map<K, V> values = new LinkedHashMap<>(16, 0.75f, true);
    private long total;

    /** @param most of all values together, as {@code size} tells it of each */
    public LruCache(long most, ToLongFunction<V> size) {
        this.most = most;
        this.size = size;
    }

    /** How much there is room for. */
    public long most() {
        return most;
    }

    public synchronized Optional<V> of(K key) {
        return Optional.ofNullable(values.get(key));
    }

    public synchronized void forget(K key) {
        V before = values.remove(key);
        total -= before == null ? 0 : size.applyAsLong(before);
    }

    public synchronized void keep(K key, V value) {
        forget(key);
        values.put(key, value);
        total += size.applyAsLong(value);
        Iterator<V> oldest = values.values().iterator();
        while (total > most) {
            total -= size.applyAsLong(oldest.next());
            oldest.remove();
        }
    }
}
