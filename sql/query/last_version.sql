-- Which version of the API a source was last polled with, and which one its newest attempt found where that failed.
select spoken, doubted
from jobtrail.last_cycle(:?source)
