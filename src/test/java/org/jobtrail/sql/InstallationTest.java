package org.jobtrail.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jobtrail.support.Ledger;
import org.jobtrail.support.PostgresServer;
import org.jobtrail.support.RealServers;
import org.jobtrail.support.TestDatabase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(RealServers.class)
class InstallationTest {

    private final PostgresServer server;
    private final TestDatabase database;

    InstallationTest(PostgresServer server) throws SQLException {
        this.server = server;
        database = server.migratedDatabase();
    }

    @Test
    void anInstallationBelongsToTheSourceThatPresentsItFirst() throws SQLException {
        assertThat(claim("east", "1f2e", "8.1")).isEmpty();
        assertThat(claim("east", "1f2e", "8.2")).isEmpty();
        assertThat(claim("west", "2a3b", "8.1")).isEmpty();

        assertThatThrownBy(() -> claim("west", "1f2e", "8.2"))
                .isInstanceOfSatisfying(
                        SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("JT002"))
                .hasMessageContaining("installation 1f2e is presented by source west but belongs to source east");
        assertThat(database.rows("select source, product_version, last_seen > first_seen as seen_again"
                        + " from jobtrail.installation order by source"))
                .containsExactly(
                        Map.of("source", "east", "product_version", "8.2", "seen_again", true),
                        Map.of("source", "west", "product_version", "8.1", "seen_again", false));
    }

    @Test
    void aReplacedServerIsToldOfOnce() throws SQLException {
        claim("east", "old", "7.0");

        assertThat(claim("east", "new", "8.1")).containsExactly("old");
        assertThat(claim("east", "new", "8.1")).isEmpty();
        assertThat(claim("east", "old", "7.0")).containsExactly("new");
    }

    @Test
    void aServerThatDoesNotSayWhoItIsTakesNothing() throws SQLException {
        assertThat(claim("east", null, "8.1")).isEmpty();

        assertThat(database.rows("select from jobtrail.installation")).isEmpty();
    }

    @Test
    void whoAnsweredIsInTheReceiptAndInItsHash() throws SQLException {
        write(Map.of("installation_id", "1f2e", "product_version", "8.1.0.3503"));
        write(Map.of("installation_id", "1f2e"));
        write(Map.of());

        assertThat(database.rows("select installation_id, product_version from jobtrail.poll_receipt order by seq"))
                .extracting(row -> row.get("installation_id") + " " + row.get("product_version"))
                .containsExactly("1f2e 8.1.0.3503", "1f2e null", "null null");
        assertHashesHold(database);
        assertThat(database.column("""
                        select position('1f2e'::bytea in jobtrail.poll_receipt_item(receipt)) > 0
                        from jobtrail.poll_receipt receipt order by seq
                        """)).containsExactly(true, true, false);
    }

    /** The columns came to tables that had rows. */
    @Test
    void receiptsFromBeforeStillHaveTheirHashes(@TempDir Path home) throws SQLException, IOException {
        var old = server.emptyDatabase();
        PostgresServer.migrateAsOfVersion(8, old, home);
        for (int i = 0; i < 2; i++) {
            long attempt = (Long) old.rows("select attempt from jobtrail.open_attempt('east')")
                    .get(0)
                    .get("attempt");
            old.query(
                    "write_receipt",
                    Map.of("receipt", Ledger.json(ReceiptTest.receipt("east", attempt, Map.of("reason", "a reason")))));
        }

        PostgresServer.migrate(old);

        assertThat(old.value("select count(*) from jobtrail.poll_receipt")).isEqualTo(2L);
        assertHashesHold(old);
    }

    private static void assertHashesHold(TestDatabase database) throws SQLException {
        assertThat(database.column("""
                        select hash = sha256(convert_to('jobtrail/poll_receipt/1', 'UTF8')
                            || jobtrail.length_prefixed(prev_hash) || jobtrail.poll_receipt_item(receipt))
                        from jobtrail.poll_receipt receipt
                        """)).containsOnly(true);
    }

    private List<Object> claim(String source, String installation, String version) throws SQLException {
        var parameters = new HashMap<String, Object>();
        parameters.put("source", source);
        parameters.put("installation_id", installation);
        parameters.put("product_version", version);
        return database.query("claim_installation", parameters).stream()
                .map(row -> row.get("previous_installation"))
                .toList();
    }

    private void write(Map<String, ?> members) throws SQLException {
        long attempt =
                (Long) database.rows("select attempt, started_at from jobtrail.open_attempt('%s')".formatted("east"))
                        .get(0)
                        .get("attempt");
        database.query("write_receipt", Map.of("receipt", Ledger.json(ReceiptTest.receipt("east", attempt, members))));
    }
}
