package org.jobtrail.veeam;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OrganizationLinkTest {

    @ParameterizedTest
    @CsvSource({
        "/v7/organizations/east, east",
        "/v6/Organizations/East, East",
        "https://backup01:4443/v3/Organizations/3F2B8C1D-0A54-4E69-9B7E-1C5D2A6F7E01,"
                + " 3f2b8c1d-0a54-4e69-9b7e-1c5d2a6f7e01",
        "/v7/organizations/east/, east",
        "//v7//organizations//east//, east",
        "/v7/organizations/east?page=/organizations/west, east",
        "/v7/organizations/east#/organizations/west, east",
        "/v7/organizations/a%20b+c, a b+c",
        "/v7/organizations/100%, 100%",
        "organizations/east, east"
    })
    void tellsTheOrganizationThatItLeadsTo(String href, String id) {
        assertThat(OrganizationLink.id(href)).contains(id);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/",
                "?",
                "east",
                "/v7/organizations",
                "/v7/organizations/",
                "/v7/organizations/east/jobs",
                "/v7/myorganizations/east",
                "/v7/organizations/%20",
                "/v7/jobs/east"
            })
    void toAnythingElseItTellsNothing(String href) {
        assertThat(OrganizationLink.id(href)).isEmpty();
    }
}
