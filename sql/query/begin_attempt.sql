-- Numbers an attempt to poll a source: at once, or for the first instance that asks when it is due; others are told when to ask again.
select attempt, started_at, due_in, untaken, given_up from jobtrail.begin_attempt(:?source, :?period::interval, :?patience::interval)
