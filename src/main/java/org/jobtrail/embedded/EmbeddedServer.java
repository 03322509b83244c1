package org.jobtrail.embedded;

import java.util.Map;

/** One server that runs because none was configured. */
interface EmbeddedServer extends AutoCloseable {
    /** What a user would have configured to reach this server, by the names of application.properties. */
    Map<String, String> settings();

    /** One line that says what runs, where its data is and how to connect to it. */
    String announcement();

    /** One that is a process of its own is not told to stop any more where a signal ends ours. */
    default void stopOnlyWhenClosed() {}

    @Override
    void close();
}
