-- What the dictionary said of numbers, attempts and hashes was not true of every row.

comment on column job_history.seq is
    'Gapless from 1 within the organization, never restarting; only where a new epoch begins, it passes over the numbers that were left behind.';
comment on column job_history.attempt is
    'The attempt to poll the source that saw the change; with source, it finds the receipt, or the receipts of its shares. 0 where an operator did it.';
comment on column job_history.hash is
    'SHA-256 over every column, payload and raw by their salted digests; the event''s ce_id in hexadecimal.';
