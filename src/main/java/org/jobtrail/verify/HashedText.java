package org.jobtrail.verify;

import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/** A moment as it goes into a hash: UTC with microseconds. */
final class HashedText {

    private static final DateTimeFormatter FORMAT = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'");

    private HashedText() {}

    static String of(OffsetDateTime moment) {
        return FORMAT.format(moment.withOffsetSameInstant(ZoneOffset.UTC));
    }
}
