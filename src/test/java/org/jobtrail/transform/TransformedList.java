package org.jobtrail.transform;

import org.jobtrail.page.ListElement;
import org.jobtrail.veeam.Organization;

/** What {@code 5-transform-jobs} makes of a list, for tests that run no route. */
public final class TransformedList {

    private TransformedList() {}

    /** Takes all elements of a list of which it was told what is known. */
    public static Listing of(JobTransformation transformation, Listing listing, Organization organization) {
        for (ListElement raw : transformation.unread(listing)) {
            try {
                transformation.transform(raw, listing, organization);
            } catch (UnreadableJobException e) {
                transformation.reject(raw, listing, e);
            }
        }
        return listing;
    }
}
