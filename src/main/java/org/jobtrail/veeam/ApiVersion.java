package org.jobtrail.veeam;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** A version of the VB365 REST API. v1 to v7 answer lists as arrays, v8 as pages; v8 dropped the list under an organization. */
public enum ApiVersion {
    V1,
    V2,
    V3,
    V4,
    V5,
    V6,
    V7,
    V8;

    private final String text = name().toLowerCase(Locale.ROOT);

    /** {@code auto} is every version, newest first. */
    public static List<ApiVersion> candidates(String setting) {
        if (setting.equals("auto")) {
            return Arrays.stream(values()).sorted((a, b) -> b.compareTo(a)).toList();
        }
        return List.of(valueOf(setting.toUpperCase(Locale.ROOT)));
    }

    /** @param other as {@link #toString} writes it */
    public boolean isOlderThan(String other) {
        return compareTo(valueOf(other.toUpperCase(Locale.ROOT))) < 0;
    }

    public String tokenPath() {
        return path("/token");
    }

    public String serviceInstancePath() {
        return path("/ServiceInstance");
    }

    /** Older servers are not known to say which installation they are. */
    public boolean hasServiceInstance() {
        return compareTo(V6) >= 0;
    }

    public String organizationsPath() {
        return path("/Organizations");
    }

    public String jobsPath(Organization organization) {
        return paged() ? allJobsPath() : path("/Organizations/" + encoded(organization.id()) + "/Jobs");
    }

    /** What selects the list, besides offset and limit. */
    public String jobsQuery(Organization organization) {
        return paged() ? "organizationId=" + encoded(organization.id()) : "";
    }

    /** The jobs of all organizations, in every version. */
    public String allJobsPath() {
        return path("/Jobs");
    }

    public boolean hasCopyJobs() {
        return compareTo(V6) >= 0;
    }

    /** True where a field does so. Before v8, a job has a link at most, and a copy job names its backup job only. */
    public boolean jobsNameTheirOrganization() {
        return this == V8;
    }

    /** The list of the whole source: no version has one of an organization. */
    public String copyJobsPath() {
        return path("/CopyJobs");
    }

    /** v6 asks every backup proxy about every organization unless told not to. */
    public String organizationsQuery() {
        return compareTo(V6) >= 0 ? "extendedView=false" : "";
    }

    public boolean paged() {
        return this == V8;
    }

    /** v7 and v8 want every call to carry an antiforgery token unless the login said otherwise; older ones do not know the field. */
    public boolean hasAntiforgeryToken() {
        return compareTo(V7) >= 0;
    }

    @Override
    public String toString() {
        return text;
    }

    private String path(String resource) {
        return "/" + this + resource;
    }

    /** Good in a path and in a query. */
    private static String encoded(String value) {
        return URLEncoder.encode(value, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
