package org.jobtrail.publish;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.jobtrail.kafka.LoadedRoute;

/**
 * Sends batch after batch through {@code 7-publish-events}, whose producer lives from {@link #load} to {@link #unload}: one that failed
 * is of no use any more. Used by one thread; how long a batch has been in hand is anybody's to ask.
 */
final class Batches {

    private final ProducerTemplate template;
    private final LoadedRoute route;
    private final BatchSize size;
    private final Obstacles obstacles;
    private volatile Long began;

    Batches(CamelContext context, Path home, BatchSize size, Obstacles obstacles) {
        this.template = context.createProducerTemplate();
        this.route = new LoadedRoute(context, home.resolve("routes/7-publish-events.camel.yaml"));
        this.size = size;
        this.obstacles = obstacles;
    }

    void load() throws Exception {
        route.load();
    }

    void unload() throws Exception {
        route.unload();
    }

    /** What is next of this, as much as a batch may have. */
    void publish(Publication publication) throws Exception {
        began = System.nanoTime();
        Exchange done;
        try {
            done = template.send(route.uri(), exchange -> {
                exchange.setVariable("publication", publication);
                exchange.setVariable("rows", size.rows());
            });
        } finally {
            began = null;
        }
        // Kafka's commit is the last thing that happens in the exchange: only now is it known.
        if (done.getException() != null) {
            size.failed(publication.rows(), done.getException());
            obstacles.narrow(publication, done.getException());
            throw done.getException();
        }
        publication.committed();
        size.taken(publication.rows(), publication.took());
    }

    /** Since when a batch waits for its end; empty where none does. */
    Optional<Duration> inHand() {
        return Optional.ofNullable(began).map(since -> Duration.ofNanos(System.nanoTime() - since));
    }
}
