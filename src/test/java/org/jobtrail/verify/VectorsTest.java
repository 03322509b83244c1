package org.jobtrail.verify;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.jobtrail.support.PostgresServer;
import org.jobtrail.support.RealServers;
import org.jobtrail.support.TestDatabase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The vectors that the format is documented with: the database and Java come to the same hashes, and so does
 * {@code src/test/scripts/check-vectors.py}. */
@ExtendWith(RealServers.class)
@TestInstance(Lifecycle.PER_CLASS)
class VectorsTest {

    private static final Path VECTORS = Path.of("src/test/resources/vectors");
    private static final HexFormat HEX = HexFormat.of();

    private final TestDatabase database;
    private final ChainHash chainHash = new ChainHash();

    VectorsTest(PostgresServer server) throws SQLException, IOException {
        database = server.migratedDatabase();
        for (String table : List.of("organization_list", "job_history", "poll_receipt", "ledger_note")) {
            database.rows(
                    "insert into jobtrail.%1$s select * from json_populate_recordset(null::jobtrail.%1$s, ?::json) returning 1"
                            .formatted(table),
                    vectors(table).toString());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"job_history", "poll_receipt", "ledger_note"})
    void theDatabaseComesToTheHashes(String table) throws Exception {
        assertThat(database.column("""
                        select jobtrail.chain_step(null, prev_hash, 'jobtrail/%1$s/1', jobtrail.%1$s_item(line))::text
                        from jobtrail.%1$s line order by seq
                        """.formatted(table))).isEqualTo(values(vectors(table), "hash"));
    }

    @Test
    void theDatabaseComesToTheDigests() throws Exception {
        assertThat(database.column("""
                        select jobtrail.salted_digest(salt, payload)::text from jobtrail.job_history
                        where payload is not null order by seq
                        """)).isEqualTo(database.column("""
                        select payload_digest::text from jobtrail.job_history where payload is not null order by seq
                        """));
        assertThat(database.column("""
                        select digest::text from jobtrail.organization_list, lateral (
                            select sha256(string_agg(jobtrail.length_prefixed(id), '' order by n)) as computed
                            from unnest(organization_ids) with ordinality as listed (id, n)
                        ) again where digest = computed
                        """)).hasSameElementsAs(values(vectors("organization_list"), "digest"));
    }

    @Test
    void javaComesToTheHashesOfHistoryRows() throws Exception {
        List<HistoryRow> rows = read("job_history", HistoryRow.COLUMNS, HistoryRow::of);

        assertThat(rows).hasSize(5).allSatisfy(row -> {
            assertThat(chainHash.of(row)).isEqualTo(row.hash());
            assertThat(row.tellsItsFields()).isTrue();
            if (!row.isBlank()) {
                assertThat(chainHash.salted(row.salt(), row.payload())).isEqualTo(row.payloadDigest());
                assertThat(chainHash.salted(row.salt(), row.raw())).isEqualTo(row.rawDigest());
            }
        });
        assertThat(rows)
                .extracting(row -> "\\x" + HEX.formatHex(row.hash()))
                .isEqualTo(values(vectors("job_history"), "hash"));
    }

    @Test
    void javaComesToTheHashesOfReceiptsNotesAndLists() throws Exception {
        assertThat(read("poll_receipt", ReceiptRow.COLUMNS, ReceiptRow::of))
                .hasSize(6)
                .allSatisfy(receipt -> assertThat(chainHash.of(receipt)).isEqualTo(receipt.hash()));
        assertThat(read("ledger_note", NoteRow.COLUMNS, NoteRow::of))
                .hasSize(3)
                .allSatisfy(note -> assertThat(chainHash.of(note)).isEqualTo(note.hash()));
        for (JsonNode list : vectors("organization_list")) {
            var ids = new ArrayList<String>();
            list.path("organization_ids").forEach(id -> ids.add(id.asText()));
            assertThat("\\x" + HEX.formatHex(chainHash.of(ids)))
                    .isEqualTo(list.path("digest").asText());
        }
    }

    @Test
    void javaComesToTheDigestOfASeal() throws Exception {
        List<HistoryRow> rows = read("job_history", HistoryRow.COLUMNS, HistoryRow::of);
        for (JsonNode seal : vectors("seal")) {
            var digest = new SealedDigest();
            seal.path("rows")
                    .forEach(seq -> digest.add(rows.get(seq.asInt() - 1).hash()));
            assertThat(HEX.formatHex(digest.end()))
                    .isEqualTo(seal.path("jobsDigest").asText());
        }
    }

    private interface Reader<T> {
        T of(ResultSet row) throws SQLException;
    }

    private <T> List<T> read(String table, String columns, Reader<T> reader) throws SQLException {
        var rows = new ArrayList<T>();
        try (Connection connection = database.connect();
                var statement = connection.createStatement();
                var row = statement.executeQuery("select %s from jobtrail.%s order by seq".formatted(columns, table))) {
            while (row.next()) {
                rows.add(reader.of(row));
            }
        }
        return rows;
    }

    private static JsonNode vectors(String table) throws IOException {
        return new ObjectMapper().readTree(Files.readString(VECTORS.resolve(table + ".json")));
    }

    private static List<Object> values(JsonNode vectors, String field) {
        var values = new ArrayList<Object>();
        vectors.forEach(vector -> values.add(vector.path(field).asText()));
        return values;
    }
}
