-- Takes a share of an attempt; where it is done, and was the last, the copy jobs; nothing where there is nothing to do.
select share, shares, taking, started_at, organizations from jobtrail.take_share(:?source, :?attempt, :?share, :?polled, :?instance)
