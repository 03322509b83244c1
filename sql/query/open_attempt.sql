-- Numbers an attempt to poll a source.
select attempt, started_at from jobtrail.open_attempt(:?source)
