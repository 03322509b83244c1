package org.jobtrail.settings;

import java.util.regex.Pattern;

/** What Kafka takes for the name of a topic. */
final class TopicName {

    static final String EXPECTED = "a topic's name: letters, digits, dot, underscore and dash, 249 at most";

    private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9._-]{1,249}");

    private TopicName() {}

    static boolean isOne(String text) {
        return NAME.matcher(text).matches() && !text.equals(".") && !text.equals("..");
    }
}
