-- Takes the installation that answers for its source; yields the one that answered before, where it was another, and which version of the
-- API was spoken before.
select claimed.previous_installation, version.spoken, version.doubted
from jobtrail.spoken_version(:?source, :?attempt) version
left join jobtrail.claim_installation(:?source, :?installation_id, :?product_version) claimed on true
