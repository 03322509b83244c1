package org.jobtrail.simulator;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * API v8: pages, real booleans, links without host and port. The jobs of an organization are no path of their own any more
 * but a filter on all jobs.
 */
final class VersionEight implements ApiVersion {
    private static final String PRODUCT_VERSION = "8.4.0.1014";

    private final World world;

    VersionEight(World world) {
        this.world = world;
    }

    @Override
    public String name() {
        return "v8";
    }

    @Override
    public Optional<Resource> resource(List<String> path) {
        return Optional.ofNullable(
                switch (String.join("/", path)) {
                    case "serviceinstance" -> this::serviceInstance;
                    case "organizations" -> this::organizations;
                    case "jobs" -> this::jobs;
                    default -> null;
                });
    }

    @Override
    public Answer error(int status, String message, String errorCode) {
        return Answer.json(status, json -> {
            json.writeStartObject();
            json.writeStringField("message", message);
            json.writeStringField("errorCode", errorCode);
            json.writeEndObject();
        });
    }

    private Answer serviceInstance(Request request, Instant now) {
        return Answer.ok(json -> {
            json.writeStartObject();
            json.writeStringField("installationId", world.installationId().toString());
            json.writeStringField("version", PRODUCT_VERSION);
            json.writeEndObject();
        });
    }

    private Answer organizations(Request request, Instant now) {
        return Page.of(request)
                .map(page -> page.answer("/v8/Organizations?", world.organizations(), VersionEight::write))
                .orElseGet(this::badPage);
    }

    private Answer jobs(Request request, Instant now) {
        String organizationId = request.query().get("organizationid");
        String path = organizationId == null ? "/v8/Jobs?" : "/v8/Jobs?organizationId=" + organizationId + "&";
        return Page.of(request)
                .map(page -> page.answer(path, jobs(organizationId, now), VersionEight::write))
                .orElseGet(this::badPage);
    }

    private List<Job> jobs(String organizationId, Instant now) {
        if (organizationId == null) {
            return world.jobs(now);
        }
        return world.organization(organizationId)
                .map(organization -> organization.jobs(now))
                .orElse(List.of());
    }

    private Answer badPage() {
        return error(
                400,
                "The offset must not be negative and the limit must be from 1 to " + Page.LARGEST + ".",
                "ParameterValidationFailure");
    }

    private static void write(Organization organization, JsonGenerator json) throws IOException {
        String self = "/v8/Organizations/" + organization.id();
        json.writeStartObject();
        json.writeStringField("type", "Office365");
        json.writeStringField("id", organization.id().toString());
        json.writeStringField("name", organization.name());
        json.writeStringField("officeName", organization.name());
        json.writeStringField("region", "Worldwide");
        json.writeBooleanField("isExchangeOnline", true);
        json.writeBooleanField("isSharePointOnline", true);
        json.writeBooleanField("isTeamsOnline", true);
        json.writeObjectFieldStart("_links");
        Links.write(json, "self", self);
        // The server still links to the path that this version took away.
        Links.write(json, "jobs", self + "/Jobs");
        json.writeEndObject();
        json.writeEndObject();
    }

    private static void write(Job job, JsonGenerator json) throws IOException {
        json.writeStartObject();
        json.writeStringField("id", job.id().toString());
        json.writeStringField("organizationId", job.organizationId().toString());
        json.writeStringField("repositoryId", job.repositoryId().toString());
        json.writeStringField("name", job.name());
        json.writeStringField("description", job.description());
        json.writeStringField("backupType", job.entireOrganization() ? "EntireOrganization" : "SelectedItems");
        json.writeStringField("lastStatus", job.lastStatus().name());
        if (job.lastRun().isPresent()) {
            json.writeStringField("lastRun", Ticks.text(job.lastRun().get()));
        }
        if (job.nextRun().isPresent()) {
            json.writeStringField("nextRun", Ticks.text(job.nextRun().get()));
        }
        if (job.lastBackup().isPresent()) {
            json.writeStringField("lastBackup", Ticks.text(job.lastBackup().get()));
        }
        json.writeBooleanField("isEnabled", job.enabled());
        json.writeNumberField("eTag", job.eTag());
        write(job.schedule(), json);

        String self = "/v8/Jobs/" + job.id();
        json.writeObjectFieldStart("_links");
        Links.write(json, "self", self);
        Links.write(json, "organization", "/v8/Organizations/" + job.organizationId());
        Links.write(json, "backupRepository", "/v8/BackupRepositories/" + job.repositoryId());
        Links.write(json, "jobsessions", self + "/JobSessions");
        Links.write(json, "selectedItems", self + "/SelectedItems");
        Links.write(json, "excludedItems", self + "/ExcludedItems");
        json.writeEndObject();
        json.writeEndObject();
    }

    private static void write(Schedule schedule, JsonGenerator json) throws IOException {
        json.writeObjectFieldStart("schedulePolicy");
        json.writeBooleanField("scheduleEnabled", true);
        json.writeStringField("type", schedule.type());
        json.writeStringField("periodicallyEvery", schedule.periodicallyEvery());
        json.writeStringField("dailyType", schedule.dailyType());
        json.writeStringField("dailyTime", schedule.dailyTime());
        json.writeBooleanField("backupWindowEnabled", schedule.window() != BackupWindow.ALWAYS);
        json.writeObjectFieldStart("backupWindowSettings");
        json.writeFieldName("backupWindow");
        schedule.window().write(json);
        json.writeNumberField("minuteOffset", 0);
        json.writeEndObject();
        json.writeBooleanField("retryEnabled", schedule.retryEnabled());
        schedule.writeRetries(json);
        json.writeEndObject();
    }
}
