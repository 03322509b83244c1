package org.jobtrail.support;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * Edits evidence as somebody does who may do everything in the database, and leaves the triggers as they were: so that it is the edit
 * that must be found.
 */
public record Tampering(TestDatabase database) {

    private static final String PROTECTED = """
            select distinct tgrelid::regclass::text from pg_trigger
            where tgfoid = 'jobtrail.refuse_change'::regproc order by 1""";
    private static final String TRIGGERS = """
            select format('alter table %s enable always trigger %I', tgrelid::regclass, tgname) from pg_trigger
            where tgfoid = 'jobtrail.refuse_change'::regproc and tgenabled = 'D'""";

    /** Recomputes every hash of an organization from the first row on, and whatever else holds the last one. */
    private static final String RECHAIN = """
            do $$
            declare
                line   jobtrail.job_history;
                before bytea := decode(repeat('00', 32), 'hex');
            begin
                for line in select * from jobtrail.job_history where organization_id = '%1$s' order by seq loop
                    line.prev_hash := before;
                    before := jobtrail.chain_step(null, before, 'jobtrail/job_history/1', jobtrail.job_history_item(line));
                    update jobtrail.job_history set prev_hash = line.prev_hash, hash = before
                    where organization_id = line.organization_id and seq = line.seq;
                end loop;
                update jobtrail.organization_head set last_hash = before where organization_id = '%1$s';
                update jobtrail.publication set published_hash = before where organization_id = '%1$s';
            end $$""";

    public void edit(String... statements) throws SQLException {
        List<String> all = new ArrayList<>();
        List<Object> tables = database.column(PROTECTED);
        tables.forEach(table -> all.add("alter table %s disable trigger user".formatted(table)));
        all.addAll(List.of(statements));
        database.execute(String.join(";\n", all));
        List<Object> enable = database.column(TRIGGERS);
        database.execute(
                String.join(";\n", enable.stream().map(Object::toString).toList()));
    }

    public void rechain(String organizationId) throws SQLException {
        edit(RECHAIN.formatted(organizationId));
    }
}
