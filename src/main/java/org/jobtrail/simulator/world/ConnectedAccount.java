package org.jobtrail.simulator.world;

import java.util.UUID;

/**
 * What a server tells about its access to an organization: nothing that a client should keep. All of it is made up.
 *
 * @param organization the number that Microsoft knows the organization by
 */
public record ConnectedAccount(
        UUID organization, String name, UUID applicationId, String certificateThumbprint, String serverName) {

    static ConnectedAccount of(Dice dice, String organizationName) {
        String thumbprint = "%016X%016X%08X"
                .formatted(
                        dice.about("thumbprint").state(),
                        dice.about("thumbprint").about(2).state(),
                        (int) dice.about("thumbprint").about(3).state());
        return new ConnectedAccount(
                dice.about("msid").uuid(),
                "backup@" + organizationName,
                dice.about("application").uuid(),
                thumbprint,
                "mail." + organizationName.replace(".onmicrosoft.com", ".example"));
    }
}
