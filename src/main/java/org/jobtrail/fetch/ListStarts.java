package org.jobtrail.fetch;

import org.jobtrail.page.UnreadableListException;

/**
 * How often a list was begun, and with what: whenever the source's token is another one, it starts over. A server whose
 * tokens die faster than a list can be read must not keep us for ever. Holds a secret: it has no text form.
 */
public final class ListStarts {

    private static final int MOST = 10;
    private static final int RESTLESS = 3;

    private String authorization;
    private int count;
    private boolean renewed;

    /** What the calls since the last start were sent with. */
    public String authorization() {
        return authorization;
    }

    /** Takes note that a new token was asked for because this list was refused. */
    public void renewed() {
        renewed = true;
    }

    public boolean hasRenewed() {
        return renewed;
    }

    /** True where the list was begun so often that others may be in its way. */
    public boolean isRestless() {
        return count >= RESTLESS;
    }

    /** Begins the list with this; true where it was begun with another one, and has to start over. */
    boolean begin(String value) {
        if (value.equals(authorization)) {
            return false;
        }
        if (count == MOST) {
            throw new UnreadableListException(
                    "the list was started %d times, and each time the token was no longer good before its end"
                            .formatted(MOST));
        }
        count++;
        authorization = value;
        return count > 1;
    }
}
