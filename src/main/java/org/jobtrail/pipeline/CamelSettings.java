package org.jobtrail.pipeline;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.apache.camel.component.properties.PropertiesComponent;
import org.apache.camel.main.BaseMainSupport;
import org.apache.camel.main.MainListenerSupport;

/** How Camel and its HTTP client behave here, whatever the routes are. */
final class CamelSettings extends MainListenerSupport {

    /** What a cycle in hand is given to end. */
    static final Duration LONGEST_STOP = Duration.ofSeconds(45);

    private final Map<String, String> properties = new HashMap<>();

    /** @param longestList the longest that one list may take */
    CamelSettings(Duration longestList) {
        main("name", "jobtrail");
        main("jmxEnabled", "false");
        // Kafka's headers have case: content-type must not become Content-Type on the way.
        main("caseInsensitiveHeaders", "false");
        // An answer is kept whole by whoever receives it; a copy of each body in memory would be one too many.
        main("streamCachingEnabled", "false");
        main("shutdownTimeout", "" + LONGEST_STOP.toSeconds());
        main("startupSummaryLevel", "Off");
        main("autoConfigurationLogSummary", "false");
        http("httpActivityListener", "#httpAnswers");
        http("httpClientConfigurer", "#sourceClient");
        http("copyHeaders", "false");
        http("cookieManagementDisabled", "true");
        // Who sends again is decided in 0-on-error alone.
        http("automaticRetriesDisabled", "true");
        http("connectTimeout", "10000");
        http("connectionRequestTimeout", "30000");
        // The deadline comes first, and says so: these are for what it cannot reach.
        http("soTimeout", "" + longestList.plusSeconds(10).toMillis());
        http("responseTimeout", "" + longestList.plusSeconds(10).toMillis());
        http("connectionTimeToLive", "60000");
        // The JDK checks the server's name too, while it checks the certificate.
        http("hostnameVerificationPolicy", "BOTH");
    }

    private void main(String name, String value) {
        properties.put("camel.main." + name, value);
    }

    /** http and https are two components, with options of their own. */
    private void http(String name, String value) {
        for (String component : Set.of("http", "https")) {
            properties.put("camel.component." + component + "." + name, value);
        }
    }

    Map<String, String> properties() {
        return properties;
    }

    /** Camel would prefer a variable of the environment to what a command was told: republish would write to the topic of before. */
    @Override
    public void beforeInitialize(BaseMainSupport main) {
        var placeholders = (PropertiesComponent) main.getCamelContext().getPropertiesComponent();
        placeholders.setEnvironmentVariableMode(PropertiesComponent.ENVIRONMENT_VARIABLES_MODE_NEVER);
        placeholders.setSystemPropertiesMode(PropertiesComponent.SYSTEM_PROPERTIES_MODE_NEVER);
    }
}
