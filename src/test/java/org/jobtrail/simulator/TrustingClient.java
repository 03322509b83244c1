package org.jobtrail.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** A client as a customer would set it up: it trusts the simulator's certificate and nothing else. */
final class TrustingClient {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpClient http;
    private final URI url;

    TrustingClient(Simulator simulator) throws GeneralSecurityException, IOException {
        this(simulator.certificatePem(), simulator.url());
    }

    TrustingClient(String certificatePem, URI url) throws GeneralSecurityException, IOException {
        this.http = HttpClient.newBuilder().sslContext(trusting(certificatePem)).build();
        this.url = url;
    }

    JsonNode signIn(String version) throws Exception {
        return json(post(
                "/" + version + "/token",
                "grant_type=password&username=simulator&password=simulator&disable_antiforgery_token=true"));
    }

    String accessToken(String version) throws Exception {
        return signIn(version).path("access_token").textValue();
    }

    HttpResponse<String> get(String path, String token) throws Exception {
        return send(request(path).header("Authorization", "Bearer " + token).GET());
    }

    /** Back as soon as the answer's head is there. */
    HttpResponse<InputStream> head(String path, String token) throws Exception {
        return http.send(
                request(path).header("Authorization", "Bearer " + token).GET().build(), BodyHandlers.ofInputStream());
    }

    CompletableFuture<HttpResponse<String>> getLater(String path, String token) {
        return http.sendAsync(
                request(path).header("Authorization", "Bearer " + token).GET().build(), BodyHandlers.ofString());
    }

    HttpResponse<String> getWithoutToken(String path) throws Exception {
        return send(request(path).GET());
    }

    HttpResponse<String> post(String path, String form) throws Exception {
        return send(request(path)
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString(form)));
    }

    HttpResponse<String> send(String method, String path) throws Exception {
        return send(request(path).method(method, BodyPublishers.noBody()));
    }

    static JsonNode json(HttpResponse<String> response) throws IOException {
        return JSON.readTree(response.body());
    }

    static SSLContext trusting(String pem) throws GeneralSecurityException, IOException {
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry(
                "simulator",
                CertificateFactory.getInstance("X.509")
                        .generateCertificate(new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII))));
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context;
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(url.resolve(path));
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return http.send(request.build(), BodyHandlers.ofString());
    }
}
