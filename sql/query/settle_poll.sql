-- Whether a portion of a poll was recorded of which the answer was lost, or the claim to record it with.
select recorded, claimed_poll, last_seq from jobtrail.settle_poll(:?organization_id, :?job_type, :?claimed_poll, :?after)
