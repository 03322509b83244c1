package org.jobtrail.veeam;

/** What a server says of itself: which installation it is, and the build of the product; null where it does not say. */
public record ServiceInstance(String installationId, String productVersion) {

    public static final ServiceInstance UNKNOWN = new ServiceInstance(null, null);

    public boolean known() {
        return installationId != null;
    }
}
