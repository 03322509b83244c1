package org.jobtrail.simulator;

/** The words of the API, in its spelling. */
enum OrganizationType {
    Office365,
    OnPremises,
    Hybrid;

    boolean isOnline() {
        return this != OnPremises;
    }

    boolean hasServers() {
        return this != Office365;
    }
}
