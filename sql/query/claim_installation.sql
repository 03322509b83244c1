-- Takes the installation that answers for its source; yields the one that answered before, where it was another.
select previous_installation
from jobtrail.claim_installation(:?source, :?installation_id, :?product_version)
