package org.jobtrail.veeam;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ApiVersionTest {
    private static final Organization ORGANIZATION = new Organization("a/b c?&#%ä", "contoso.com");

    @Test
    void autoTriesTheNewestFirst() {
        assertThat(ApiVersion.candidates("auto"))
                .hasSize(8)
                .startsWith(ApiVersion.V8, ApiVersion.V7)
                .endsWith(ApiVersion.V1);
    }

    @ParameterizedTest
    @EnumSource
    void aVersionThatTheOperatorNamesIsTheOnlyCandidate(ApiVersion version) {
        assertThat(ApiVersion.candidates(version.toString())).containsExactly(version);
    }

    @ParameterizedTest
    @EnumSource
    void everyVersionHasItsOwnPaths(ApiVersion version) {
        assertThat(version.tokenPath()).isEqualTo("/" + version + "/token");
        assertThat(version.organizationsPath()).isEqualTo("/" + version + "/Organizations");
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "V8")
    void upToVersionSevenTheJobListStandsUnderTheOrganization(ApiVersion version) {
        assertThat(version.jobsPath(ORGANIZATION))
                .isEqualTo("/%s/Organizations/a%%2Fb%%20c%%3F%%26%%23%%25%%C3%%A4/Jobs", version);
        assertThat(version.jobsQuery(ORGANIZATION)).isEmpty();
    }

    @Test
    void versionEightSelectsTheJobsOfAnOrganization() {
        assertThat(ApiVersion.V8.jobsPath(ORGANIZATION)).isEqualTo("/v8/Jobs");
        assertThat(ApiVersion.V8.jobsQuery(ORGANIZATION)).isEqualTo("organizationId=a%2Fb%20c%3F%26%23%25%C3%A4");
    }

    @Test
    void noVersionAsksEveryProxyAboutEveryOrganization() {
        assertThat(ApiVersion.V5.organizationsQuery()).isEmpty();
        assertThat(ApiVersion.V6.organizationsQuery()).isEqualTo("extendedView=false");
        assertThat(ApiVersion.V8.organizationsQuery()).isEqualTo("extendedView=false");
    }

    @ParameterizedTest
    @EnumSource(
            mode = EnumSource.Mode.INCLUDE,
            names = {"V6", "V7", "V8"})
    void theListOfCopyJobsIsThatOfTheWholeSource(ApiVersion version) {
        assertThat(version.hasCopyJobs()).isTrue();
        assertThat(version.copyJobsPath()).isEqualTo("/" + version + "/CopyJobs");
    }

    @ParameterizedTest
    @EnumSource(
            mode = EnumSource.Mode.EXCLUDE,
            names = {"V6", "V7", "V8"})
    void olderVersionsHaveNoCopyJobs(ApiVersion version) {
        assertThat(version.hasCopyJobs()).isFalse();
    }

    @Test
    void onlyVersionsThatKnowTheFieldAreToldToDoWithoutAnAntiforgeryToken() {
        assertThat(ApiVersion.V6.hasAntiforgeryToken()).isFalse();
        assertThat(ApiVersion.V7.hasAntiforgeryToken()).isTrue();
        assertThat(ApiVersion.V8.hasAntiforgeryToken()).isTrue();
    }
}
