package org.jobtrail.simulator.api;

import static org.jobtrail.simulator.api.ApiVersion.V1;
import static org.jobtrail.simulator.api.ApiVersion.V2;
import static org.jobtrail.simulator.api.ApiVersion.V5;
import static org.jobtrail.simulator.api.ApiVersion.V6;
import static org.jobtrail.simulator.api.ApiVersion.V7;
import static org.jobtrail.simulator.api.ApiVersion.V8;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.time.Instant;
import org.jobtrail.simulator.world.Organization;

/** How a version shows an organization: with more about the access to it than a client wants to know. */
final class OrganizationShape {
    private final ApiVersion version;
    private final Moments moments;
    private final AccountShape accounts;

    OrganizationShape(ApiVersion version, Moments moments) {
        this.version = version;
        this.moments = moments;
        this.accounts = new AccountShape(version);
    }

    /**
     * @param extended with what the server has to ask its proxies for
     */
    void write(Organization organization, boolean extended, Instant now, Links links, JsonGenerator json)
            throws IOException {
        json.writeStartObject();
        json.writeStringField("type", organization.type().name());
        json.writeStringField("id", organization.id().toString());
        if (organization.type().isOnline()) {
            json.writeStringField("region", version == V1 ? "worldwide" : "Worldwide");
        }
        json.writeStringField("name", organization.name());
        if (version.since(V5)) {
            json.writeStringField("officeName", organization.type().isOnline() ? organization.name() : "");
        }
        if (version.since(V7)) {
            json.writeStringField("description", organization.description());
        }
        accounts.write(organization, json);
        if (version.since(V8)) {
            json.writeStringField(
                    "backedUpOrganizationId", organization.id().toString().replace("-", ""));
            if (organization.type().isOnline()) {
                json.writeStringField(
                        "msid", organization.account().organization().toString());
            }
        }
        if (extended) {
            Flags.write(json, version, "isBackedup", true);
            json.writeStringField("firstBackuptime", moments.text(organization.firstBackup()));
            json.writeStringField("lastBackuptime", moments.text(organization.lastBackup(now)));
        }
        writeLinks(organization, links, json);
        json.writeObjectFieldStart("_actions");
        json.writeEndObject();
        json.writeEndObject();
    }

    private void writeLinks(Organization organization, Links links, JsonGenerator json) throws IOException {
        json.writeObjectFieldStart("_links");
        links.write(json, "self", "Organizations", organization.id());
        // v8 still links to this path, which it took away.
        links.write(json, "jobs", "Organizations", organization.id(), "Jobs");
        if (version == V1) {
            links.write(json, "mailboxes", "Organizations", organization.id(), "mailboxes");
        }
        if (version.since(V2)) {
            links.write(json, "groups", "Organizations", organization.id(), "Groups");
            links.write(json, "users", "Organizations", organization.id(), "Users");
            links.write(json, "sites", "Organizations", organization.id(), "Sites");
        }
        if (version.since(V6)) {
            links.write(json, "teams", "Organizations", organization.id(), "Teams");
            links.write(json, "usedRepositories", "Organizations", organization.id(), "UsedRepositories");
        }
        json.writeEndObject();
    }
}
