package org.jobtrail.observe;

import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.NamedNode;
import org.apache.camel.Route;
import org.apache.camel.spi.RoutePolicy;
import org.apache.camel.spi.RoutePolicyFactory;
import org.apache.camel.support.RoutePolicySupport;

/** Measures how long each route takes. */
public final class RouteTimings implements RoutePolicyFactory {

    private final Metrics metrics;

    public RouteTimings(Metrics metrics) {
        this.metrics = metrics;
    }

    @Override
    public RoutePolicy createRoutePolicy(CamelContext context, String routeId, NamedNode route) {
        return new RoutePolicySupport() {
            @Override
            public void onExchangeBegin(Route begun, Exchange exchange) {
                exchange.setProperty(key(routeId), System.nanoTime());
            }

            @Override
            public void onExchangeDone(Route done, Exchange exchange) {
                Long begin = exchange.getProperty(key(routeId), Long.class);
                // One that was stopped had nothing to do.
                if (begin != null && !exchange.isRouteStop()) {
                    metrics.route(routeId, exchange.isFailed(), System.nanoTime() - begin);
                }
            }
        };
    }

    private static String key(String routeId) {
        return "jobtrail.begin." + routeId;
    }
}
