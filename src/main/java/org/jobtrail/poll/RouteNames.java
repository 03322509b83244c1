package org.jobtrail.poll;

import org.jobtrail.settings.Settings.Source;

/** Routes that are known by their names: of most of them each source has one of its own, made from the route template of that name. */
public final class RouteNames {

    /** Polls a source; those that poll parts of it begin with it. */
    public static final String POLL = "poll";

    public static final String POLL_ORGANIZATIONS = "poll-organizations";
    public static final String SHARE_OUT = "share-out";
    public static final String POLL_SHARE = "poll-share";
    public static final String TAKE_SHARES = "take-shares";
    public static final String WRITE_RECEIPT = "write-receipt";

    private RouteNames() {}

    public static String pollOf(Source source) {
        return POLL + "-" + source.name();
    }

    /** A source may be called as a part of these names; none has this sign. */
    public static String of(Source source, String template) {
        return template + "@" + source.name();
    }

    static boolean isPoll(String route) {
        return route.startsWith(POLL + "-");
    }

    /** True where it is one that a source has of this template. */
    static boolean isFrom(String template, String route) {
        return route.startsWith(template + "@");
    }
}
