package org.jobtrail.record;

import java.time.Instant;
import java.util.UUID;

/** A backup job of a server of version 8. */
record SampleJob(String organization, String id, int number) {

    /** As the server shows it, about 1 kB. */
    String shown(int eTag, String status, Instant run, int minuteOffset) {
        return """
                {"eTag":%d,"id":"%s","organizationId":"%s","repositoryId":"%s","name":"Mailboxes of department %d",\
                "description":"Everybody of department %d with mailbox, archive, OneDrive and personal site; keeps 3 years",\
                "backupType":"SelectedItems","isEnabled":true,"lastRun":"%s","nextRun":"%s","lastBackup":"%s",\
                "lastStatus":"%s","minuteOffset":%d,"schedulePolicy":{"scheduleEnabled":true,"type":"Daily",\
                "periodicallyEvery":"Hours1","dailyType":"Everyday","dailyTime":"21:00:00","retryEnabled":true,\
                "retryNumber":3,"retryWaitInterval":10,"backupWindowEnabled":false,"terminateOnWindowEnd":false},\
                "_links":{"self":{"href":"/v8/Jobs/%s"},"organization":{"href":"/v8/Organizations/%s"},\
                "backupRepository":{"href":"/v8/BackupRepositories/%s"},"jobSessions":{"href":"/v8/Jobs/%s/JobSessions"},\
                "selectedItems":{"href":"/v8/Jobs/%s/SelectedItems"}}}""".formatted(
                        eTag,
                        id,
                        organization,
                        new UUID(7, number % 5),
                        number,
                        number,
                        run,
                        run.plusSeconds(86_400),
                        run.plusSeconds(120),
                        status,
                        minuteOffset,
                        id,
                        organization,
                        new UUID(7, number % 5),
                        id,
                        id);
    }
}
