package org.jobtrail.simulator.api;

import static org.jobtrail.simulator.api.ApiVersion.V1;
import static org.jobtrail.simulator.api.ApiVersion.V3;
import static org.jobtrail.simulator.api.ApiVersion.V5;
import static org.jobtrail.simulator.api.ApiVersion.V6;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import org.jobtrail.simulator.world.ConnectedAccount;
import org.jobtrail.simulator.world.Organization;

/** How a version shows the access to an organization: its accounts, applications, certificates and servers. */
final class AccountShape {
    private final ApiVersion version;

    AccountShape(ApiVersion version) {
        this.version = version;
    }

    void write(Organization organization, JsonGenerator json) throws IOException {
        ConnectedAccount account = organization.account();
        if (!version.since(V3)) {
            json.writeStringField("username", account.name());
        } else if (organization.type().isOnline()) {
            json.writeBooleanField("isExchangeOnline", true);
            json.writeBooleanField("isSharePointOnline", true);
            writeOnline("exchangeOnlineSettings", organization, json);
            writeOnline("sharePointOnlineSettings", organization, json);
        }
        if (organization.type().isOnline() && version.since(V5)) {
            json.writeBooleanField("isTeamsOnline", true);
        }
        if (organization.type().isOnline() && version.since(V6)) {
            json.writeBooleanField("isTeamsChatsOnline", false);
        }
        if (organization.type().hasServers()) {
            writeOnPremises(account, json);
        }
    }

    private void writeOnline(String name, Organization organization, JsonGenerator json) throws IOException {
        ConnectedAccount account = organization.account();
        json.writeObjectFieldStart(name);
        if (version.since(V5)) {
            json.writeBooleanField("useApplicationOnlyAuth", true);
            json.writeStringField("officeOrganizationName", organization.name());
        }
        json.writeStringField("account", account.name());
        json.writeBooleanField("grantAdminAccess", true);
        json.writeBooleanField("useMfa", false);
        json.writeBooleanField("useCustomVeeamAADApplication", true);
        json.writeStringField("applicationId", account.applicationId().toString());
        json.writeStringField("applicationCertificateThumbprint", account.certificateThumbprint());
        json.writeEndObject();
    }

    private void writeOnPremises(ConnectedAccount account, JsonGenerator json) throws IOException {
        if (version == V1) {
            writeServer(account, json);
            return;
        }
        json.writeBooleanField("isExchange", true);
        json.writeObjectFieldStart("exchangeSettings");
        json.writeStringField("username", account.name());
        writeServer(account, json);
        json.writeEndObject();
        json.writeBooleanField("isSharepoint", false);
    }

    private void writeServer(ConnectedAccount account, JsonGenerator json) throws IOException {
        json.writeStringField("serverName", account.serverName());
        Flags.write(json, version, "useSSL", true);
        Flags.write(json, version, "skipCAverification", false);
        Flags.write(json, version, "skipCommonnameverification", false);
    }
}
