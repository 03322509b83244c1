package org.jobtrail.poll;

/** How far the poll of a source has come, as its routes say in the variable {@code stage}: what fails there is of that. */
enum Stage {
    /** The source itself and its organizations, and then the backup jobs of each. */
    BACKUP_JOBS,
    /** The list of all jobs, which only spares requests. */
    ALL_JOBS,
    /** One list of the source, until each organization has its own. */
    COPY_JOBS
}
