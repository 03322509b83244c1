-- Appends the receipt of an attempt.
select jobtrail.write_receipt(:?receipt::json) as seq
