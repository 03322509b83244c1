package org.jobtrail.simulator;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * API v1 as its documentation shows it: bare arrays, booleans as the strings "true" and "false", absolute links, and the
 * organization of a job only in its links.
 */
final class VersionOne implements ApiVersion {
    private final World world;

    VersionOne(World world) {
        this.world = world;
    }

    @Override
    public String name() {
        return "v1";
    }

    @Override
    public Optional<Resource> resource(List<String> path) {
        if (path.equals(List.of("organizations"))) {
            return Optional.of(this::organizations);
        }
        if (path.size() == 3
                && path.get(0).equals("organizations")
                && path.get(2).equals("jobs")) {
            return Optional.of((request, now) -> jobs(path.get(1), request, now));
        }
        return Optional.empty();
    }

    @Override
    public Answer error(int status, String message, String errorCode) {
        return Answer.message(status, message);
    }

    private Answer organizations(Request request, Instant now) {
        return Answer.ok(json -> {
            json.writeStartArray();
            for (Organization organization : world.organizations()) {
                write(organization, root(request), now, json);
            }
            json.writeEndArray();
        });
    }

    private Answer jobs(String organizationId, Request request, Instant now) {
        Optional<Organization> organization = world.organization(organizationId);
        if (organization.isEmpty()) {
            return error(404, "Organization with ID " + organizationId + " was not found.", "ResourceNotFound");
        }
        return Answer.ok(json -> {
            json.writeStartArray();
            for (Job job : organization.get().jobs(now)) {
                write(job, root(request), json);
            }
            json.writeEndArray();
        });
    }

    private static void write(Organization organization, String root, Instant now, JsonGenerator json)
            throws IOException {
        String self = root + "/Organizations/" + organization.id();
        json.writeStartObject();
        json.writeStringField("type", "Office365");
        json.writeStringField("id", organization.id().toString());
        json.writeStringField("region", "worldwide");
        json.writeStringField("name", organization.name());
        json.writeStringField("username", "admin@" + organization.name());
        json.writeStringField("isBackedup", "true");
        json.writeStringField("firstBackuptime", Ticks.text(organization.firstBackup()));
        json.writeStringField("lastBackuptime", Ticks.text(organization.lastBackup(now)));
        json.writeObjectFieldStart("_links");
        Links.write(json, "self", self);
        Links.write(json, "jobs", self + "/Jobs");
        Links.write(json, "mailboxes", self + "/mailboxes");
        json.writeEndObject();
        json.writeObjectFieldStart("_actions");
        json.writeEndObject();
        json.writeEndObject();
    }

    private static void write(Job job, String root, JsonGenerator json) throws IOException {
        json.writeStartObject();
        json.writeStringField("id", job.id().toString());
        json.writeStringField("name", job.name());
        json.writeStringField("description", job.description());
        json.writeStringField("allMailboxes", String.valueOf(job.entireOrganization()));
        json.writeStringField("lastStatus", job.lastStatus().name());
        if (job.lastRun().isPresent()) {
            json.writeStringField("lastRun", Ticks.text(job.lastRun().get()));
        }
        if (job.nextRun().isPresent()) {
            json.writeStringField("nextRun", Ticks.text(job.nextRun().get()));
        }
        json.writeStringField("isEnabled", String.valueOf(job.enabled()));
        write(job.schedule(), json);

        String self = root + "/Jobs/" + job.id();
        json.writeObjectFieldStart("_links");
        Links.write(json, "self", self);
        Links.write(json, "organization", root + "/Organizations/" + job.organizationId());
        Links.write(json, "repository", root + "/BackupRepositories/" + job.repositoryId());
        Links.write(json, "proxy", root + "/Proxies/" + job.proxyId());
        Links.write(json, "selectedMailboxes", self + "/SelectedMailboxes");
        Links.write(json, "jobsessions", self + "/JobSessions");
        json.writeEndObject();
        json.writeEndObject();
    }

    private static void write(Schedule schedule, JsonGenerator json) throws IOException {
        json.writeObjectFieldStart("schedulePolicy");
        json.writeStringField("type", schedule.type());
        json.writeStringField("periodicallyEvery", schedule.periodicallyEvery());
        json.writeStringField("dailyType", schedule.dailyType());
        json.writeStringField("dailyTime", schedule.dailyTime());
        json.writeObjectFieldStart("backupWindow");
        json.writeFieldName("backupIntervalsArray");
        schedule.window().write(json);
        json.writeNumberField("minuteOffset", 0);
        json.writeEndObject();
        json.writeStringField("retryEnabled", String.valueOf(schedule.retryEnabled()));
        schedule.writeRetries(json);
        json.writeEndObject();
    }

    private static String root(Request request) {
        return "https://" + request.authority() + "/v1";
    }
}
