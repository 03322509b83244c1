-- Notes which of a source's organizations are listed; yields those that were before and are not now, where the list is whole, and
-- whether that is believed.
select organization_id, believed
from jobtrail.note_listed(:?source, :?listed::json, :?whole, :?patience::interval, :?suspect_for::interval)
