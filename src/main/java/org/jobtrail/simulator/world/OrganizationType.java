package org.jobtrail.simulator.world;

/** The words of the API, in its spelling. */
public enum OrganizationType {
    Office365,
    OnPremises,
    Hybrid;

    public boolean isOnline() {
        return this != OnPremises;
    }

    public boolean hasServers() {
        return this != Office365;
    }
}
