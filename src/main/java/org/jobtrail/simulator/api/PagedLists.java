package org.jobtrail.simulator.api;

import static org.jobtrail.simulator.api.ApiVersion.V8;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jobtrail.simulator.http.Answer;
import org.jobtrail.simulator.http.Request;
import org.jobtrail.simulator.world.JobLife;
import org.jobtrail.simulator.world.World;

/** The lists of v8: pages. The jobs of an organization are no path of their own any more but a filter on all jobs. */
final class PagedLists implements Lists {
    private final World world;
    private final Paging paging;
    private final OrganizationShape organizationShape;
    private final JobShape jobShape;

    PagedLists(World world, Moments moments, Paging paging) {
        this.world = world;
        this.paging = paging;
        this.organizationShape = new OrganizationShape(V8, moments);
        this.jobShape = new JobShape(V8, moments);
    }

    @Override
    public Optional<Resource> resource(List<String> path) {
        return Optional.ofNullable(
                switch (String.join("/", path)) {
                    case "serviceinstance" -> (request, now) -> Lists.serviceInstance(V8, world);
                    case "organizations" -> this::organizations;
                    case "jobs" -> this::jobs;
                    case "copyjobs" -> this::copyJobs;
                    default -> null;
                });
    }

    private Answer organizations(Request request, Instant now) {
        Links links = new Links(V8, request.authority());
        boolean extended = request.isTrue("extendedview", false);
        return paging.answer(
                "/v8/Organizations?",
                request,
                world.organizations(),
                (organization, json) -> organizationShape.write(organization, extended, now, links, json));
    }

    private Answer jobs(Request request, Instant now) {
        Links links = new Links(V8, request.authority());
        return paging.answer(
                path("Jobs", request),
                request,
                lives(request, now),
                (life, json) -> jobShape.write(life.job(now), links, json));
    }

    private Answer copyJobs(Request request, Instant now) {
        Links links = new Links(V8, request.authority());
        return paging.answer(
                path("CopyJobs", request),
                request,
                lives(request, now).stream().filter(JobLife::isCopied).toList(),
                (life, json) -> jobShape.write(life.copyJob(now), links, json));
    }

    private static String path(String resource, Request request) {
        String organizationId = request.query().get("organizationid");
        return "/v8/" + resource + (organizationId == null ? "?" : "?organizationId=" + organizationId + "&");
    }

    private List<JobLife> lives(Request request, Instant now) {
        String organizationId = request.query().get("organizationid");
        if (organizationId == null) {
            return world.lives(now);
        }
        return world.organization(organizationId)
                .map(organization -> organization.lives(now))
                .orElse(List.of());
    }
}
