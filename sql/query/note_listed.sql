-- Notes which of a source's organizations are listed; yields those that were before and are not now, where the list is whole.
select organization_id from jobtrail.note_listed(:?source, :?listed::json, :?whole)
