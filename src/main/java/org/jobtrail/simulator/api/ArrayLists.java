package org.jobtrail.simulator.api;

import static org.jobtrail.simulator.api.ApiVersion.V6;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jobtrail.simulator.http.Answer;
import org.jobtrail.simulator.http.Request;
import org.jobtrail.simulator.world.JobLife;
import org.jobtrail.simulator.world.World;

/** The lists of v1 to v7: bare arrays, always whole, and the jobs of an organization at a path of their own. */
final class ArrayLists implements Lists {
    private final ApiVersion version;
    private final World world;
    private final OrganizationShape organizationShape;
    private final JobShape jobShape;

    ArrayLists(ApiVersion version, World world, Moments moments) {
        this.version = version;
        this.world = world;
        this.organizationShape = new OrganizationShape(version, moments);
        this.jobShape = new JobShape(version, moments);
    }

    @Override
    public Optional<Resource> resource(List<String> path) {
        return Optional.ofNullable(
                switch (String.join("/", path)) {
                    case "organizations" -> this::organizations;
                    case "jobs" -> (request, now) -> jobs(world.lives(now), request, now);
                    case "copyjobs" -> version.since(V6) ? this::copyJobs : null;
                    case "serviceinstance" -> version.since(V6) ? this::serviceInstance : null;
                    default -> isJobsOfAnOrganization(path) ? organizationsJobs(path.get(1)) : null;
                });
    }

    private static boolean isJobsOfAnOrganization(List<String> path) {
        return path.size() == 3
                && path.get(0).equals("organizations")
                && path.get(2).equals("jobs");
    }

    private Resource organizationsJobs(String id) {
        return (request, now) -> world.organization(id)
                .map(organization -> jobs(organization.lives(now), request, now))
                .orElseGet(
                        () -> version.error(404, "Organization with ID " + id + " was not found.", "ResourceNotFound"));
    }

    private Answer serviceInstance(Request request, Instant now) {
        return Lists.serviceInstance(version, world);
    }

    private Answer organizations(Request request, Instant now) {
        Links links = new Links(version, request.authority());
        // v6 asks its proxies unless told not to, v7 only when told to; before them nobody could tell.
        boolean extended = !version.since(V6) || request.isTrue("extendedview", !version.since(ApiVersion.V7));
        return array(
                world.organizations(),
                (organization, json) -> organizationShape.write(organization, extended, now, links, json));
    }

    private Answer jobs(List<JobLife> lives, Request request, Instant now) {
        Links links = new Links(version, request.authority());
        return array(lives, (life, json) -> jobShape.write(life.job(now), links, json));
    }

    private Answer copyJobs(Request request, Instant now) {
        Links links = new Links(version, request.authority());
        return array(
                world.lives(now).stream().filter(JobLife::isCopied).toList(),
                (life, json) -> jobShape.write(life.copyJob(now), links, json));
    }

    private static <T> Answer array(List<T> elements, Page.Item<T> item) {
        return Answer.ok(json -> {
            json.writeStartArray();
            for (T element : elements) {
                item.write(element, json);
            }
            json.writeEndArray();
        });
    }
}
