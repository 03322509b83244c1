package org.jobtrail.fetch;

import java.util.function.Consumer;
import org.apache.camel.Exchange;
import org.apache.camel.support.SynchronizationAdapter;

/** What is done when an exchange has ended, however that was. */
public final class AtEnd {

    private AtEnd() {}

    /** @param work is given the exchange that has ended, which may be another object */
    public static void of(Exchange exchange, Consumer<Exchange> work) {
        exchange.getExchangeExtension().addOnCompletion(new SynchronizationAdapter() {
            @Override
            public void onDone(Exchange done) {
                work.accept(done);
            }
        });
    }
}
