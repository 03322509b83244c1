-- Keeps which organizations each share of an attempt has.
select jobtrail.share_out(:?source, :?attempt, :?shares::json) as shares
