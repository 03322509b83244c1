package org.jobtrail.veeam;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OrganizationTest {

    @Test
    void aUuidIsComparedInLowerCase() {
        assertThat(new Organization("7B2B1AE1-7BBB-4651-B479-BDA7EDC7838B", "a").id())
                .isEqualTo("7b2b1ae1-7bbb-4651-b479-bda7edc7838b");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Contoso",
                "{7B2B1AE1-7BBB-4651-B479-BDA7EDC7838B}",
                "7B2B1AE17BBB4651B479BDA7EDC7838B",
                " 7B2B1AE1-7BBB-4651-B479-BDA7EDC7838B",
                "7B2B1AE1-7BBB-4651-B479-BDA7EDC7838G",
                "ÄÖ/?&",
                "00000000-0000-0000-0000-000000000000"
            })
    void anyOtherIdIsKeptAsItIs(String id) {
        assertThat(new Organization(id, null).id()).isEqualTo(id);
    }
}
