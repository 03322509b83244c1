package org.jobtrail.simulator;

import java.time.Clock;
import java.time.Duration;
import java.util.Optional;

/**
 * How a simulator is to be.
 *
 * @param bindAddress the address to listen on; {@code 0.0.0.0} for all
 * @param hostName a name or address, besides localhost, by which clients call the server: the certificate has to hold it
 * @param port 0 for any free one
 * @param seed the same seed, organizations, jobs and pace make the same world, today and after a restart
 * @param pace how many times faster than usual things happen
 */
public record SimulatorOptions(
        String bindAddress,
        Optional<String> hostName,
        int port,
        long seed,
        int organizations,
        int jobsPerOrganization,
        double pace,
        String username,
        String password,
        Duration tokenLifetime,
        Clock clock) {

    public static final String DEFAULT_USERNAME = "simulator";
    public static final String DEFAULT_PASSWORD = "simulator";

    public SimulatorOptions {
        require(port >= 0 && port <= 65535, "The port must be from 0 to 65535.");
        require(organizations >= 0 && organizations <= 1_000, "The organizations must be from 0 to 1000.");
        require(jobsPerOrganization >= 0 && jobsPerOrganization <= 10_000, "The jobs must be from 0 to 10000.");
        require(pace >= 0.01 && pace <= 100, "The pace must be from 0.01 to 100.");
        require(tokenLifetime.toSeconds() >= 1, "The token lifetime must be at least one second.");
        require(
                hostName.stream().allMatch(name -> name.matches("[A-Za-z0-9.:-]+")),
                "The host name must be one name or address.");
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
                DEFAULT_USERNAME,
                DEFAULT_PASSWORD,
                Duration.ofMinutes(60),
                Clock.systemUTC());
    }

    public SimulatorOptions withBindAddress(String bindAddress) {
        return new SimulatorOptions(
                bindAddress,
                hostName,
                port,
                seed,
                organizations,
                jobsPerOrganization,
                pace,
                username,
                password,
                tokenLifetime,
                clock);
    }

    public SimulatorOptions withHostName(String hostName) {
        return new SimulatorOptions(
                bindAddress,
                Optional.of(hostName),
                port,
                seed,
                organizations,
                jobsPerOrganization,
                pace,
                username,
                password,
                tokenLifetime,
                clock);
    }

    public SimulatorOptions withPort(int port) {
        return new SimulatorOptions(
                bindAddress,
                hostName,
                port,
                seed,
                organizations,
                jobsPerOrganization,
                pace,
                username,
                password,
                tokenLifetime,
                clock);
    }

    public SimulatorOptions withSeed(long seed) {
        return new SimulatorOptions(
                bindAddress,
                hostName,
                port,
                seed,
                organizations,
                jobsPerOrganization,
                pace,
                username,
                password,
                tokenLifetime,
                clock);
    }

    public SimulatorOptions withOrganizations(int organizations) {
        return new SimulatorOptions(
                bindAddress,
                hostName,
                port,
                seed,
                organizations,
                jobsPerOrganization,
                pace,
                username,
                password,
                tokenLifetime,
                clock);
    }

    public SimulatorOptions withJobsPerOrganization(int jobsPerOrganization) {
        return new SimulatorOptions(
                bindAddress,
                hostName,
                port,
                seed,
                organizations,
                jobsPerOrganization,
                pace,
                username,
                password,
                tokenLifetime,
                clock);
    }

    public SimulatorOptions withPace(double pace) {
        return new SimulatorOptions(
                bindAddress,
                hostName,
                port,
                seed,
                organizations,
                jobsPerOrganization,
                pace,
                username,
                password,
                tokenLifetime,
                clock);
    }

    public SimulatorOptions withCredentials(String username, String password) {
        return new SimulatorOptions(
                bindAddress,
                hostName,
                port,
                seed,
                organizations,
                jobsPerOrganization,
                pace,
                username,
                password,
                tokenLifetime,
                clock);
    }

    public SimulatorOptions withTokenLifetime(Duration tokenLifetime) {
        return new SimulatorOptions(
                bindAddress,
                hostName,
                port,
                seed,
                organizations,
                jobsPerOrganization,
                pace,
                username,
                password,
                tokenLifetime,
                clock);
    }

    public SimulatorOptions withClock(Clock clock) {
        return new SimulatorOptions(
                bindAddress,
                hostName,
                port,
                seed,
                organizations,
                jobsPerOrganization,
                pace,
                username,
                password,
                tokenLifetime,
                clock);
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
}
