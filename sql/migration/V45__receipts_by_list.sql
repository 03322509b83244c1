-- Of a cluster, each share has receipts: only those of the lists in which an organization stands are read.
create index poll_receipt_by_list on poll_receipt (source, organization_digest, started_at);
