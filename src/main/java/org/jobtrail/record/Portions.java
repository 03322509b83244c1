package org.jobtrail.record;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.ToLongFunction;
import org.jobtrail.record.ChangeDetection.Touched;
import org.jobtrail.transform.KnownJob;
import org.jobtrail.transform.ListedJob;
import org.jobtrail.transform.Listing.Rejected;

/** Deals out what a poll found, portion by portion. There is always one, or nobody would be told of the poll. */
final class Portions {

    /** What hardly outlives a collection of memory while PostgreSQL takes it in: of twice as much, they took half as long again. */
    static final int MOST = 500;

    static final long MOST_BYTES = 4_000_000;
    private static final int MOST_TOUCHED = 10_000;

    private final Iterator<ListedJob> changed;
    private final Iterator<KnownJob> missing;
    private final Iterator<Touched> touched;
    private final Iterator<Rejected> rejected;

    Portions(List<ListedJob> changed, List<KnownJob> missing, List<Touched> touched, List<Rejected> rejected) {
        this.changed = changed.iterator();
        this.missing = missing.iterator();
        this.touched = touched.iterator();
        this.rejected = rejected.iterator();
    }

    Portion next() {
        List<ListedJob> someChanged = take(changed, MOST, job -> job.raw().length());
        List<KnownJob> someMissing = take(missing, MOST, job -> 0);
        List<Touched> someTouched = take(touched, MOST_TOUCHED, job -> 0);
        List<Rejected> someRejected = take(rejected, MOST, one -> one.raw().length());
        boolean last = !changed.hasNext() && !missing.hasNext() && !touched.hasNext() && !rejected.hasNext();
        return new Portion(someChanged, someMissing, someTouched, someRejected, last);
    }

    private static <T> List<T> take(Iterator<T> from, int most, ToLongFunction<T> size) {
        var some = new ArrayList<T>();
        long bytes = 0;
        while (from.hasNext() && some.size() < most && bytes < MOST_BYTES) {
            T one = from.next();
            bytes += size.applyAsLong(one);
            some.add(one);
        }
        return some;
    }
}
