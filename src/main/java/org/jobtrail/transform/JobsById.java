package org.jobtrail.transform;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jobtrail.fetch.JobList;
import org.jobtrail.page.ListElement;

/**
 * The jobs of a list in the order of their ids, each once, and what is found out of each, in columns: a map or an object for each
 * would take as much memory as the job itself, and a server chooses the ids.
 */
final class JobsById {

    private static final byte UNCHANGED = 1;
    private static final byte READ = 2;
    private static final byte CONFLICTING = 4;
    private static final int NONE = -1;

    private final JobList list;
    private final List<ListElement> elements;
    private final String type;
    private final String apiVersion;

    /** Where the first element of each stands. */
    private final int[] order;

    /** Which one stands there. */
    private final int[] places;

    private final byte[] flags;
    private final Digests digests = new Digests();

    /** None where a digest says all of it. */
    private KnownJob[] known;

    /** Where it is not the first one of several. */
    private final Map<Integer, ListElement> others = new HashMap<>();

    /** Texts: the tree of one takes several times the memory, and more time to be kept than to be made once more. */
    private final Map<Integer, byte[]> snapshots = new HashMap<>();

    JobsById(JobList list) {
        this.list = list;
        this.elements = list.getJobs();
        this.type = list.type().toString();
        this.apiVersion = list.version().toString();
        this.order = list.firstById();
        this.places = new int[elements.size()];
        this.flags = new byte[order.length];
        Arrays.fill(places, NONE);
        for (int i = 0; i < order.length; i++) {
            places[order[i]] = i;
        }
        for (int place = 0; order.length < places.length && place < places.length; place++) {
            String id = places[place] == NONE ? elements.get(place).id() : null;
            if (id != null) {
                places[place] = list.find(id);
            }
        }
    }

    /** Null where there is none. */
    ListedJob get(String id) {
        return job(list.find(id));
    }

    /** The job of the element that stands there in the list; null where it has no id. */
    ListedJob at(int place) {
        return job(places[place]);
    }

    private ListedJob job(int i) {
        return i < 0 ? null : new ListedJob(this, i);
    }

    /**
     * The jobs of these ids, null where there is none, found in one pass: in most lists the ids are the very ones that they were.
     * Ids that are not in their order may not be found.
     */
    ListedJob[] of(List<KnownJob> inOrder) {
        var found = new ListedJob[inOrder.size()];
        int next = 0;
        for (int i = 0; i < found.length && next < order.length; i++) {
            String id = inOrder.get(i).id();
            int compared = compare(next, id);
            while (compared < 0 && ++next < order.length) {
                compared = compare(next, id);
            }
            if (compared == 0) {
                found[i] = job(next++);
            }
        }
        return found;
    }

    private int compare(int i, String id) {
        String other = id(i);
        return other.equals(id) ? 0 : other.compareTo(id);
    }

    int size() {
        return order.length;
    }

    int listed() {
        return count((byte) (UNCHANGED | READ));
    }

    int unchanged() {
        return count(UNCHANGED);
    }

    private int count(byte flag) {
        int count = 0;
        for (byte one : flags) {
            count += (one & flag) == 0 ? 0 : 1;
        }
        return count;
    }

    Stream<ListedJob> stream() {
        return IntStream.range(0, order.length).mapToObj(this::job);
    }

    /** True where the element that stands there says nothing that is not known. */
    boolean isToldBy(int place) {
        int i = places[place];
        if (i == NONE) {
            return false;
        }
        return isFrom(i, place) ? isUnchanged(i) : elements.get(place).saysTheSameAs(raw(i));
    }

    /** True where the job is told by this element, not by another one with the same id. */
    boolean isListedBy(int place) {
        int i = places[place];
        return i != NONE && isListed(i) && isFrom(i, place);
    }

    private boolean isFrom(int i, int place) {
        ListElement other = others.get(i);
        return other == null ? order[i] == place : other.equals(elements.get(place));
    }

    String type() {
        return type;
    }

    String id(int i) {
        return elements.get(order[i]).id();
    }

    ListElement raw(int i) {
        ListElement other = others.get(i);
        return other == null ? elements.get(order[i]) : other;
    }

    void know(int i, KnownJob job) {
        ListElement raw = raw(i);
        boolean unchanged = job.isUnchanged(raw, apiVersion);
        set(i, UNCHANGED, unchanged);
        // What the database told is new in memory, and its digest says all of it; what was recalled is there anyway.
        if (unchanged && job.absentPolls() == 0 && job.rawDigest() != raw.digest()) {
            digests.put(i, job.digest());
            return;
        }
        if (known == null) {
            known = new KnownJob[order.length];
        }
        // In a huge list, a second text for each id would be felt;
        // and what is the very same the next time is soon compared.
        known[i] = job.with(raw.id(), unchanged ? raw.digest() : job.rawDigest());
    }

    KnownJob known(int i) {
        if (known != null && known[i] != null) {
            return known[i];
        }
        return isUnchanged(i) ? unchanged(i) : null;
    }

    private KnownJob unchanged(int i) {
        ListElement raw = raw(i);
        return new KnownJob(type, raw.id(), digests.get(i), raw.digest(), apiVersion, false, 0);
    }

    boolean isUnchanged(int i) {
        return is(i, UNCHANGED);
    }

    boolean isRead(int i) {
        return is(i, READ);
    }

    boolean isListed(int i) {
        return isUnchanged(i) || isRead(i);
    }

    byte[] digest(int i) {
        return isRead(i) ? digests.get(i) : null;
    }

    void read(int i, ListElement element, byte[] digest, byte[] kept) {
        if (!element.equals(raw(i))) {
            others.put(i, element);
        }
        set(i, READ, true);
        digests.put(i, digest);
        if (kept != null) {
            snapshots.put(i, kept);
        }
    }

    byte[] snapshot(int i) {
        return snapshots.get(i);
    }

    boolean isConflicting(int i) {
        return is(i, CONFLICTING);
    }

    void conflict(int i) {
        set(i, CONFLICTING, true);
    }

    private boolean is(int i, byte flag) {
        return (flags[i] & flag) != 0;
    }

    private void set(int i, byte flag, boolean value) {
        flags[i] = (byte) (value ? flags[i] | flag : flags[i] & ~flag);
    }

    /** What is known of it when its list is recorded. */
    KnownJob recorded(int i) {
        if (!isRead(i)) {
            KnownJob job = known(i);
            if (job.absentPolls() == 0) {
                return job;
            }
        }
        ListElement raw = raw(i);
        return new KnownJob(type, raw.id(), lastDigest(i), raw.digest(), apiVersion, false, 0);
    }

    byte[] lastDigest(int i) {
        return isRead(i) ? digests.get(i) : known(i).digest();
    }
}
