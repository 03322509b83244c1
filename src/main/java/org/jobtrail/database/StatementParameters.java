package org.jobtrail.database;

import java.time.Duration;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.component.jdbc.JdbcConstants;

/** What a statement of {@code sql/query/} is given: these parameters, and no header that stood on the message before. */
public final class StatementParameters {

    private StatementParameters() {}

    /** As PostgreSQL reads one. */
    public static String interval(Duration duration) {
        return duration.toMillis() + " milliseconds";
    }

    public static void set(Exchange exchange, Map<String, Object> parameters) {
        exchange.getMessage().removeHeaders("*");
        exchange.getMessage().setHeader(JdbcConstants.JDBC_PARAMETERS, parameters);
    }
}
