package org.jobtrail.transform;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.regex.Pattern;
import org.jobtrail.page.ListElement;
import org.jobtrail.text.Named;
import org.jobtrail.veeam.JobType;

/**
 * How an operator is told of the elements of a list that could not be read: which the first is, why, and where the others are.
 *
 * @param who empty where it has neither an id nor a name
 */
public record KeptAside(String who, String reason) {

    private static final Pattern WHO = Pattern.compile("(?<=kept aside: )(copy )?job .*?: ");

    /** To be asked while the list's text can still be read. */
    public static KeptAside first(JobType type, ListElement element, String reason) {
        return new KeptAside(who(type, element), reason);
    }

    /** @param count of all that are kept, with this one; each has a reason of its own */
    public String inWords(int count) {
        return who + reason + (count == 1 ? "" : ", and %d more, see jobtrail.rejected_job".formatted(count - 1));
    }

    /** The doubt without the name of the first: equal for lists to which the same happened. */
    public static String withoutWho(String doubt) {
        return WHO.matcher(doubt).replaceAll("");
    }

    private static String who(JobType type, ListElement element) {
        String noun = type == JobType.COPY ? "copy job" : "job";
        return Named.of(noun, element.id(), () -> name(element));
    }

    private static String name(ListElement element) {
        try {
            JsonNode name = JobSnapshots.read(element).path("name");
            return name.isTextual() ? name.textValue() : "";
        } catch (UnreadableJobException e) {
            return "";
        }
    }
}
