-- Keeps elements of a whole source's list that could not be read and that no organization can be told of.
select jobtrail.keep_rejected(:?source, '', :?attempt, clock_timestamp(), :?rejected::json)
