package org.jobtrail.failure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.jobtrail.support.HttpFailures.handshake;
import static org.jobtrail.support.HttpFailures.http;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.security.cert.CertificateException;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import java.util.zip.ZipException;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.apache.camel.CamelExecutionException;
import org.apache.camel.Exchange;
import org.apache.camel.http.base.HttpOperationFailedException;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.apache.hc.core5.http.ConnectionClosedException;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.MalformedChunkCodingException;
import org.apache.hc.core5.http.NoHttpResponseException;
import org.apache.hc.core5.http.TruncatedChunkException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.TransactionalIdAuthorizationException;
import org.jobtrail.settings.InvalidSettingException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ReasonTest {

    static Stream<Arguments> failures() {
        return Stream.of(
                arguments(http(503), "the server answered 503 to /v8/Jobs"),
                arguments(http(302), "the server answered 302 to /v8/Jobs: redirects are not followed"),
                arguments(busy("Retry-After", "600"), "the server answered 503 to /v8/Jobs and asks to wait 600 s"),
                arguments(busy("Retry-After", "soon"), "the server answered 503 to /v8/Jobs"),
                arguments(new UnknownHostException("vb365.example.com"), "host vb365.example.com is not known"),
                arguments(
                        new UnknownHostException("vb365.example.com: Name or service not known"),
                        "host vb365.example.com is not known"),
                arguments(new ConnectException("Connection refused"), "no connection: Connection refused"),
                arguments(new ConnectException(), "no connection: ConnectException"),
                arguments(new SocketTimeoutException("Read timed out"), "no answer in time: Read timed out"),
                arguments(new ZipException("Corrupt GZIP trailer"), "the answer is damaged: Corrupt GZIP trailer"),
                arguments(
                        new EOFException("Unexpected end of ZLIB input stream"),
                        "the answer broke off: Unexpected end of ZLIB input stream"),
                arguments(
                        new ConnectionClosedException(
                                "Premature end of Content-Length delimited message body (expected: %d; received: %d)",
                                308, 184),
                        "the answer broke off: Premature end of Content-Length delimited message body"
                                + " (expected: 308; received: 184)"),
                arguments(
                        new TruncatedChunkException("Truncated chunk (expected size: %d; actual size: %d)", 8, 1),
                        "the answer broke off: Truncated chunk (expected size: 8; actual size: 1)"),
                arguments(
                        new MalformedChunkCodingException("Bad chunk header"),
                        "the answer is damaged: Bad chunk header"),
                arguments(
                        new HttpException("Unsupported Content-Encoding: deflate"),
                        "the answer cannot be read: Unsupported Content-Encoding: deflate"),
                arguments(
                        new NoHttpResponseException("vb365:4443 failed to respond"),
                        "the server closed the connection without an answer: vb365:4443 failed to respond"),
                arguments(new SocketException("Connection reset"), "the connection broke: Connection reset"),
                arguments(
                        handshake(new CertificateException("PKIX path building failed")),
                        "the server's certificate is not trusted: set ca-certificate of the source (handshake failed)"),
                arguments(
                        new SSLException("Unsupported or unrecognized SSL message"),
                        "no TLS connection: Unsupported or unrecognized SSL message"),
                arguments(
                        new TimeoutException("Timed out waiting for a node assignment. Call: listNodes"),
                        "Kafka does not answer: look at kafka.bootstrap-servers and kafka.client.security.protocol"
                                + " (Timed out waiting for a node assignment. Call: listNodes)"),
                arguments(
                        new SSLPeerUnverifiedException("Certificate for <10.0.0.1> doesn't match"),
                        "no TLS connection: Certificate for <10.0.0.1> doesn't match"),
                arguments(
                        new SQLException("ERROR: permission denied\n  Detail: (secret row)", "42501"),
                        "PostgreSQL (42501): ERROR: permission denied"),
                arguments(
                        new SQLException("ERROR: cannot execute INSERT in a read-only transaction", "25006"),
                        "PostgreSQL takes no writes: a standby, or default_transaction_read_only is on"
                                + " (ERROR: cannot execute INSERT in a read-only transaction)"),
                arguments(
                        new SQLException("ERROR: could not extend file: No space left on device", "53100"),
                        "PostgreSQL has no space left: make room on its disk"
                                + " (ERROR: could not extend file: No space left on device)"),
                arguments(
                        new SQLException("FATAL: too many connections for role \"jobtrail\"", "53300"),
                        "PostgreSQL has no connection left: raise max_connections, or the connection limit of the account"
                                + " or the database (FATAL: too many connections for role \"jobtrail\")"),
                arguments(
                        new SQLException("FATAL: password authentication failed for user \"jobtrail\"", "28P01"),
                        "PostgreSQL refuses the login: look at database.username, database.migration.username and their"
                                + " passwords (FATAL: password authentication failed for user \"jobtrail\")"),
                arguments(
                        new SQLException("FATAL: database \"jobtrial\" does not exist", "3D000"),
                        "PostgreSQL has no such database: look at database.url"
                                + " (FATAL: database \"jobtrial\" does not exist)"),
                arguments(
                        new IllegalArgumentException("Could not find a 'KafkaClient' entry in the JAAS configuration."),
                        "kafka.client.sasl.jaas.config is not set: it says who logs in at Kafka, as"
                                + " kafka.client.security.protocol asks for it"),
                arguments(
                        new SaslAuthenticationException(
                                "Authentication failed during authentication due to invalid credentials"),
                        "Kafka refuses the login: kafka.client.sasl.* says who logs in, and how (Authentication failed during"
                                + " authentication due to invalid credentials)"),
                arguments(
                        new SQLTransientConnectionException(
                                "history - Connection is not available (total=0)",
                                "08003",
                                new SQLException("Connection to db:5432 refused", "08001")),
                        "PostgreSQL does not answer: look at database.url (Connection to db:5432 refused)"),
                arguments(
                        new SQLException("The connection attempt failed.", "08001", new UnknownHostException("db")),
                        "PostgreSQL: host db is not known; look at database.url"),
                arguments(
                        new SQLException("The connection attempt failed.", "08001", new SocketTimeoutException()),
                        "PostgreSQL: no answer in time: SocketTimeoutException; look at database.url"),
                arguments(
                        new SQLException("Could not find a server with specified targetServerType: primary", "08001"),
                        "PostgreSQL is read-only: a standby, or default_transaction_read_only is on"),
                arguments(
                        new TopicAuthorizationException("Topic authorization failed."),
                        "Kafka refuses this account a right on a topic that it needs (README, ACLs):"
                                + " Topic authorization failed."),
                arguments(
                        new TopicAuthorizationException("Topic authorization failed.", Set.of("jobtrail.jobs")),
                        "Kafka refuses this account a right on jobtrail.jobs: Topic authorization failed."),
                arguments(
                        new KafkaException(
                                "Failed to create new KafkaAdminClient",
                                new ConfigException("No resolvable bootstrap urls given in bootstrap.servers")),
                        "none of the hosts of kafka.bootstrap-servers is known"),
                arguments(
                        new TransactionalIdAuthorizationException("Transactional Id authorization failed."),
                        "Kafka refuses this account a transactional id, kafka.transactional-id or the same with -checkpoints: Transactional Id authorization failed."),
                arguments(new InvalidSettingException("poll.period", "is wrong"), "poll.period (POLL_PERIOD) is wrong"),
                arguments(new IllegalStateException("closed"), "IllegalStateException: closed"),
                arguments(new IOException((String) null), "IOException: IOException"));
    }

    @ParameterizedTest
    @MethodSource("failures")
    void aFailureIsSaidInOneLineHoweverDeepItSits(Exception failure, String reason) {
        assertThat(Reason.of(failure)).isEqualTo(reason);
        assertThat(Reason.of(new CamelExecutionException(
                        "wrapped", exchange(), new RuntimeException("wrapped again", failure))))
                .isEqualTo(reason);
    }

    @Test
    void theBodyOfAnAnswerIsNeverRepeated() {
        assertThat(Reason.of(http(500))).doesNotContain("pa55", "organizationId");
    }

    @Test
    void whatAServerSaysCannotMoveTheCursorOfATerminalOrBreakALine() {
        String reason = Reason.of(new IOException("a\u0000b\u001b[2Jc\u009bd\u2028e\u0085f\tg\r\nh"));

        assertThat(reason).isEqualTo("IOException: a b [2Jc d e f g");
    }

    @Test
    void aReasonIsShort() {
        assertThat(Reason.of(new IOException("x".repeat(10_000)))).hasSize(500);
    }

    private static Exchange exchange() {
        return new DefaultExchange(new DefaultCamelContext());
    }

    private static HttpOperationFailedException busy(String header, String value) {
        return new HttpOperationFailedException(
                "https://vb365.example.com:4443/v8/Jobs", 503, "", null, Map.of(header, value), "");
    }
}
