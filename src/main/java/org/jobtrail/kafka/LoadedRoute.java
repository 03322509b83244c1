package org.jobtrail.kafka;

import java.io.FileNotFoundException;
import java.nio.file.Path;
import org.apache.camel.CamelContext;
import org.apache.camel.RoutesBuilder;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.model.RoutesDefinition;
import org.apache.camel.spi.Resource;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;

/**
 * A route with a transactional producer, there only while this instance is the one that publishes. Camel makes the producer, and
 * initializes its transactions, as soon as it knows the route, started or not. Known from the start, a dead Kafka would keep polling
 * from starting, and whoever only polls or checks would fence the one who publishes.
 */
public final class LoadedRoute {

    private final CamelContext context;
    private final Path file;
    private final String id;

    public LoadedRoute(CamelContext context, Path file) {
        this.context = context;
        this.file = file;
        this.id = file.getFileName().toString().replaceAll("^\\d+-|\\.camel\\.yaml$", "");
    }

    public String uri() {
        return "direct:" + id;
    }

    public void load() throws Exception {
        PluginHelper.getRoutesLoader(context).loadRoutes(resource());
    }

    /** Reads the file and makes nothing of it; false where it holds another route. */
    public boolean holdsItsRoute() throws Exception {
        for (RoutesBuilder routes : PluginHelper.getRoutesLoader(context).findRoutesBuilders(resource())) {
            RoutesDefinition read = ((RouteBuilder) routes).configureRoutes(context);
            if (read.getRoutes().stream().anyMatch(route -> id.equals(route.getRouteId()))) {
                return true;
            }
        }
        return false;
    }

    private Resource resource() throws FileNotFoundException {
        return ResourceHelper.resolveMandatoryResource(context, "file:" + file);
    }

    public void unload() throws Exception {
        if (context.getRoute(id) != null) {
            context.getRouteController().stopRoute(id);
            context.removeRoute(id);
        }
    }
}
