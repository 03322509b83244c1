package org.jobtrail.transform;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.jobtrail.fetch.JobList;
import org.jobtrail.fetch.ListElement;

/**
 * The jobs of a list in the order of their ids, each once. A map would take as much memory for each as the job itself, and a server
 * chooses the ids.
 */
final class JobsById {

    private final ListedJob[] sorted;
    private final ListedJob[] places;

    private JobsById(ListedJob[] sorted, ListedJob[] places) {
        this.sorted = sorted;
        this.places = places;
    }

    /** The first element of several with one id. */
    static JobsById of(JobList list) {
        List<ListElement> elements = list.getJobs();
        String type = list.type().toString();
        int[] order = list.firstById();
        var sorted = new ListedJob[order.length];
        var places = new ListedJob[elements.size()];
        for (int i = 0; i < order.length; i++) {
            sorted[i] = new ListedJob(type, elements.get(order[i]));
            places[order[i]] = sorted[i];
        }
        var jobs = new JobsById(sorted, places);
        for (int place = 0; order.length < places.length && place < places.length; place++) {
            String id = elements.get(place).id();
            if (places[place] == null && id != null) {
                places[place] = jobs.get(id);
            }
        }
        return jobs;
    }

    /** Null where there is none. */
    ListedJob get(String id) {
        int from = 0;
        int to = sorted.length;
        while (from < to) {
            int middle = (from + to) >>> 1;
            int order = id.compareTo(sorted[middle].id());
            if (order == 0) {
                return sorted[middle];
            }
            if (order < 0) {
                to = middle;
            } else {
                from = middle + 1;
            }
        }
        return null;
    }

    /** The job of the element that stands there in the list; null where it has no id. */
    ListedJob at(int place) {
        return places[place];
    }

    /**
     * The jobs of these ids, null where there is none, found in one pass: in most lists the ids are the very ones that they were.
     * Ids that are not in their order may not be found.
     */
    ListedJob[] of(List<KnownJob> inOrder) {
        var found = new ListedJob[inOrder.size()];
        int next = 0;
        for (int i = 0; i < found.length && next < sorted.length; i++) {
            String id = inOrder.get(i).id();
            int order = order(next, id);
            while (order < 0 && ++next < sorted.length) {
                order = order(next, id);
            }
            if (order == 0) {
                found[i] = sorted[next++];
            }
        }
        return found;
    }

    private int order(int place, String id) {
        String other = sorted[place].id();
        return other.equals(id) ? 0 : other.compareTo(id);
    }

    int size() {
        return sorted.length;
    }

    Stream<ListedJob> stream() {
        return Arrays.stream(sorted);
    }
}
