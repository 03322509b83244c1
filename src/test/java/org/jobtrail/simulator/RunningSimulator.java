package org.jobtrail.simulator;

import java.net.http.HttpResponse;
import org.jobtrail.simulator.fault.Faults;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** One simulator for all tests of a class. Each test finds it without faults, and a client that has just signed in. */
final class RunningSimulator implements BeforeAllCallback, BeforeEachCallback, AfterAllCallback {
    private final SimulatorOptions options;
    private final String version;
    private Simulator simulator;
    private TrustingClient client;
    private String token;

    /** @param version whose address for tokens the client asks */
    RunningSimulator(SimulatorOptions options, String version) {
        this.options = options;
        this.version = version;
    }

    @Override
    public void beforeAll(ExtensionContext tests) throws Exception {
        simulator = Simulator.start(options);
        client = new TrustingClient(simulator);
    }

    @Override
    public void beforeEach(ExtensionContext test) throws Exception {
        simulator.faults().endAll();
        signIn();
    }

    @Override
    public void afterAll(ExtensionContext tests) {
        // It may have failed to start.
        if (simulator != null) {
            simulator.close();
        }
    }

    /** From now on the client has another token. */
    void signIn() throws Exception {
        token = client.accessToken(version);
    }

    HttpResponse<String> get(String path) throws Exception {
        return client.get(path, token);
    }

    String token() {
        return token;
    }

    TrustingClient client() {
        return client;
    }

    Simulator simulator() {
        return simulator;
    }

    Faults faults() {
        return simulator.faults();
    }
}
