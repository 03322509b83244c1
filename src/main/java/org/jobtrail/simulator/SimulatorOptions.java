package org.jobtrail.simulator;

import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jobtrail.simulator.api.ApiVersion;
import org.jobtrail.simulator.fault.Fault;
import org.jobtrail.simulator.fault.FaultOrder;
import org.jobtrail.simulator.fault.Faults;

/**
 * How a simulator is to be.
 *
 * @param bindAddress the address to listen on; {@code 0.0.0.0} for all
 * @param hostName a name or address, besides localhost, by which clients call the server: the certificate has to hold it
 * @param port 0 for any free one
 * @param seed the same seed, organizations, jobs and pace make the same world, today and after a restart
 * @param pace how many times faster than usual things happen
 * @param turnover whether jobs are deleted and others created in their place; without it there are always as many as said
 * @param apiVersions the versions that it serves, as in {@code v8}
 * @param faults what is wrong with it from the start, as in {@code page-limit=2}: see {@link Faults}
 */
public record SimulatorOptions(
        String bindAddress,
        Optional<String> hostName,
        int port,
        long seed,
        int organizations,
        int jobsPerOrganization,
        double pace,
        boolean turnover,
        String username,
        String password,
        Duration tokenLifetime,
        List<String> apiVersions,
        List<String> faults,
        Clock clock) {

    public static final String DEFAULT_USERNAME = "simulator";
    public static final String DEFAULT_PASSWORD = "simulator";

    public SimulatorOptions {
        apiVersions = List.copyOf(apiVersions);
        faults = List.copyOf(faults);
        require(port >= 0 && port <= 65535, "The port must be from 0 to 65535.");
        require(organizations >= 0 && organizations <= 1_000, "The organizations must be from 0 to 1000.");
        require(jobsPerOrganization >= 0 && jobsPerOrganization <= 100_000, "The jobs must be from 0 to 100000.");
        require(pace >= 0.01 && pace <= 100, "The pace must be from 0.01 to 100.");
        require(tokenLifetime.toSeconds() >= 1, "The token lifetime must be at least one second.");
        require(
                hostName.stream().allMatch(name -> name.matches("[A-Za-z0-9.:-]+")),
                "The host name must be one name or address.");
        require(
                !apiVersions.isEmpty()
                        && apiVersions.stream()
                                .allMatch(name -> ApiVersion.of(name).isPresent()),
                "The API versions must be some of v1 to v8.");
        for (String fault : faults) {
            FaultOrder order = FaultOrder.of(fault);
            require(
                    order.fault() != Fault.FORBIDDEN || order.number() <= organizations,
                    "The fault forbidden names organization " + order.number() + ", and there are " + organizations
                            + ".");
        }
    }

    public static SimulatorOptions defaults() {
        return new SimulatorOptions(
                "127.0.0.1",
                Optional.empty(),
                0,
                1,
                3,
                12,
                1.0,
                true,
                DEFAULT_USERNAME,
                DEFAULT_PASSWORD,
                Duration.ofMinutes(60),
                everyVersion(),
                List.of(),
                Clock.systemUTC());
    }

    static List<String> everyVersion() {
        return Arrays.stream(ApiVersion.values()).map(ApiVersion::segment).toList();
    }

    public SimulatorOptions withBindAddress(String bindAddress) {
        return with(draft -> draft.bindAddress = bindAddress);
    }

    public SimulatorOptions withHostName(String hostName) {
        return with(draft -> draft.hostName = Optional.of(hostName));
    }

    public SimulatorOptions withPort(int port) {
        return with(draft -> draft.port = port);
    }

    public SimulatorOptions withSeed(long seed) {
        return with(draft -> draft.seed = seed);
    }

    public SimulatorOptions withOrganizations(int organizations) {
        return with(draft -> draft.organizations = organizations);
    }

    public SimulatorOptions withJobsPerOrganization(int jobsPerOrganization) {
        return with(draft -> draft.jobsPerOrganization = jobsPerOrganization);
    }

    public SimulatorOptions withPace(double pace) {
        return with(draft -> draft.pace = pace);
    }

    public SimulatorOptions withTurnover(boolean turnover) {
        return with(draft -> draft.turnover = turnover);
    }

    public SimulatorOptions withCredentials(String username, String password) {
        return with(draft -> {
            draft.username = username;
            draft.password = password;
        });
    }

    public SimulatorOptions withTokenLifetime(Duration tokenLifetime) {
        return with(draft -> draft.tokenLifetime = tokenLifetime);
    }

    public SimulatorOptions withApiVersions(String... apiVersions) {
        return with(draft -> draft.apiVersions = List.of(apiVersions));
    }

    public SimulatorOptions withFaults(String... faults) {
        return with(draft -> draft.faults = List.of(faults));
    }

    public SimulatorOptions withClock(Clock clock) {
        return with(draft -> draft.clock = clock);
    }

    /** Without the password. */
    @Override
    public String toString() {
        return "simulator of " + organizations + " organizations with " + jobsPerOrganization + " jobs each on "
                + bindAddress + ":" + port + ", seed " + seed + ", pace " + pace;
    }

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new IllegalArgumentException(message);
        }
    }

    private SimulatorOptions with(Consumer<Draft> change) {
        Draft draft = new Draft(this);
        change.accept(draft);
        return draft.options();
    }

    /** Options that are still open to changes. */
    private static final class Draft {
        private String bindAddress;
        private Optional<String> hostName;
        private int port;
        private long seed;
        private int organizations;
        private int jobsPerOrganization;
        private double pace;
        private boolean turnover;
        private String username;
        private String password;
        private Duration tokenLifetime;
        private List<String> apiVersions;
        private List<String> faults;
        private Clock clock;

        Draft(SimulatorOptions options) {
            bindAddress = options.bindAddress;
            hostName = options.hostName;
            port = options.port;
            seed = options.seed;
            organizations = options.organizations;
            jobsPerOrganization = options.jobsPerOrganization;
            pace = options.pace;
            turnover = options.turnover;
            username = options.username;
            password = options.password;
            tokenLifetime = options.tokenLifetime;
            apiVersions = options.apiVersions;
            faults = options.faults;
            clock = options.clock;
        }

        SimulatorOptions options() {
            return new SimulatorOptions(
                    bindAddress,
                    hostName,
                    port,
                    seed,
                    organizations,
                    jobsPerOrganization,
                    pace,
                    turnover,
                    username,
                    password,
                    tokenLifetime,
                    apiVersions,
                    faults,
                    clock);
        }
    }
}
