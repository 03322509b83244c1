-- Notes what a checkpoint covers.
select jobtrail.note_checkpoint(:?number, :?heads::json)
