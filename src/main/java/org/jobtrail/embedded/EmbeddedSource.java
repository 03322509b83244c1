package org.jobtrail.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jobtrail.simulator.Simulator;
import org.jobtrail.simulator.SimulatorOptions;

/** A VB365 server that is not there. It speaks TLS like a real one, with a certificate that the client is told to trust. */
record EmbeddedSource(Simulator simulator, Path certificate) implements EmbeddedServer {

    static EmbeddedSource start(Path directory) {
        try {
            Path certificate = directory.resolve("certificate.pem");
            Files.createDirectories(directory);
            Simulator simulator = Simulator.start(SimulatorOptions.defaults());
            Files.writeString(certificate, simulator.certificatePem());
            return new EmbeddedSource(simulator, certificate);
        } catch (IOException e) {
            throw new EmbeddedServersException(
                    "The simulator does not start in %s (%s): put that right, or set source.<name>.url to poll a server."
                            .formatted(directory, e),
                    e);
        }
    }

    @Override
    public Map<String, String> settings() {
        SimulatorOptions defaults = SimulatorOptions.defaults();
        return Map.of(
                "source.simulator.url", simulator.url().toString(),
                "source.simulator.username", defaults.username(),
                "source.simulator.password", defaults.password(),
                "source.simulator.ca-certificate", certificate.toString(),
                // Its jobs live in time-lapse: a minute is a long time.
                "poll.period", "5s");
    }

    @Override
    public String announcement() {
        return "Simulated VB365 server: curl -i --cacert " + certificate + " " + simulator.url()
                + "/v8/ServiceInstance";
    }

    @Override
    public void close() {
        simulator.close();
    }
}
