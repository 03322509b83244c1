package org.jobtrail.http;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import org.apache.camel.component.http.HttpClientConfigurer;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;

/** What Camel's HTTP client does at each request to a source, whatever route it comes from. */
public final class SourceClient implements HttpClientConfigurer {

    private final Deadline deadline;
    private final String programVersion;

    public SourceClient(Deadline deadline, String programVersion) {
        this.deadline = deadline;
        this.programVersion = programVersion;
    }

    @Override
    public void configureHttpClient(HttpClientBuilder builder) {
        builder.setUserAgent("Jobtrail/" + programVersion);
        // Camel keeps this header to itself where a message carries it: a proxy between would answer from its memory.
        builder.addRequestInterceptorFirst((request, body, context) -> request.setHeader("Cache-Control", "no-cache"));
        // Nobody goes there, and what stands in it would be logged.
        builder.addResponseInterceptorFirst((response, body, context) -> response.removeHeaders("Location"));
        // Whatever else is on the class path: only what was asked for is unpacked.
        builder.setContentDecoderRegistry(new LinkedHashMap<>(Map.of("gzip", GZIPInputStream::new)));
        builder.addExecInterceptorFirst("deadline", deadline);
    }
}
