package org.jobtrail.simulator.api;

import static org.jobtrail.simulator.api.ApiVersion.V1;
import static org.jobtrail.simulator.api.ApiVersion.V5;
import static org.jobtrail.simulator.api.ApiVersion.V6;
import static org.jobtrail.simulator.api.ApiVersion.V7;
import static org.jobtrail.simulator.api.ApiVersion.V8;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import org.jobtrail.simulator.world.CopyJob;
import org.jobtrail.simulator.world.Job;
import org.jobtrail.simulator.world.JobStatus;

/** How a version shows a job and a copy job. */
final class JobShape {
    private final ApiVersion version;
    private final Moments moments;
    private final ScheduleShape schedules;

    JobShape(ApiVersion version, Moments moments) {
        this.version = version;
        this.moments = moments;
        this.schedules = new ScheduleShape(version);
    }

    void write(Job job, Links links, JsonGenerator json) throws IOException {
        json.writeStartObject();
        json.writeStringField("id", job.id().toString());
        if (version.since(V8)) {
            json.writeStringField("organizationId", job.organizationId().toString());
        }
        if (version.since(V6)) {
            json.writeStringField("repositoryId", job.repositoryId().toString());
        }
        json.writeStringField("name", job.name());
        json.writeStringField("description", job.description());
        if (version == V1) {
            json.writeStringField("allMailboxes", String.valueOf(job.entireOrganization()));
        } else {
            json.writeStringField("backupType", job.entireOrganization() ? "EntireOrganization" : "SelectedItems");
        }
        json.writeStringField("lastStatus", word(job.lastStatus()).name());
        moments.write(json, version, "lastRun", job.lastRun());
        moments.write(json, version, "nextRun", job.nextRun());
        if (version.since(V7)) {
            moments.write(json, version, "lastBackup", job.lastBackup());
        }
        Flags.write(json, version, "isEnabled", job.enabled());
        if (version.since(V8)) {
            json.writeNumberField("eTag", job.eTag());
        }
        schedules.write(job.schedule(), json);
        writeLinks(job, links, json);
        json.writeEndObject();
    }

    /** Versions before v5 have five words, and say the nearest of them. */
    private JobStatus word(JobStatus status) {
        if (version.since(V5)) {
            return status;
        }
        return switch (status) {
            case Queued -> JobStatus.Running;
            case Disconnected, NotConfigured -> JobStatus.Failed;
            default -> status;
        };
    }

    private void writeLinks(Job job, Links links, JsonGenerator json) throws IOException {
        json.writeObjectFieldStart("_links");
        links.write(json, "self", "Jobs", job.id());
        links.write(json, "organization", "Organizations", job.organizationId());
        if (version == V1) {
            links.write(json, "repository", "BackupRepositories", job.repositoryId());
            links.write(json, "proxy", "Proxies", job.proxyId());
            links.write(json, "selectedMailboxes", "Jobs", job.id(), "SelectedMailboxes");
            links.write(json, "jobsessions", "Jobs", job.id(), "JobSessions");
        } else {
            links.write(json, "backupRepository", "BackupRepositories", job.repositoryId());
            // v7 took that path away and v8 left it so; the link stayed.
            links.write(json, "jobsessions", "Jobs", job.id(), "JobSessions");
            links.write(json, "selectedItems", "Jobs", job.id(), "SelectedItems");
            links.write(json, "excludedItems", "Jobs", job.id(), "ExcludedItems");
        }
        if (version.since(V6) && job.copyJobId().isPresent()) {
            links.write(json, "copyJob", "Jobs", job.id(), "CopyJob");
        }
        json.writeEndObject();
    }

    void write(CopyJob job, Links links, JsonGenerator json) throws IOException {
        json.writeStartObject();
        json.writeStringField("id", job.id().toString());
        json.writeStringField("backupJobId", job.backupJobId().toString());
        if (version.since(V8)) {
            json.writeStringField("organizationId", job.organizationId().toString());
        }
        json.writeStringField("repositoryId", job.repositoryId().toString());
        json.writeStringField("name", job.name());
        json.writeStringField("lastStatus", job.lastStatus().name());
        moments.write(json, version, "lastRun", job.lastRun());
        moments.write(json, version, "nextRun", job.nextRun());
        if (version.since(V7)) {
            moments.write(json, version, "lastBackup", job.lastBackup());
        }
        json.writeBooleanField("isEnabled", job.enabled());
        if (version.since(V8)) {
            json.writeNumberField("eTag", job.eTag());
        }
        schedules.write(job.schedule(), json);
        json.writeObjectFieldStart("_links");
        links.write(json, "self", "CopyJobs", job.id());
        links.write(json, "backupJob", "CopyJobs", job.id(), "BackupJob");
        links.write(json, "backupRepository", "BackupRepositories", job.repositoryId());
        json.writeEndObject();
        json.writeEndObject();
    }
}
