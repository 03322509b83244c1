package org.jobtrail.text;

import java.util.function.Supplier;

/** Which of several things a sentence is about, as it begins. */
public final class Named {

    private Named() {}

    /**
     * {@code job X: }, by its id, or else {@code job "x": }, by its name; empty where it has neither.
     *
     * @param name asked only where there is no id
     */
    public static String of(String noun, String id, Supplier<String> name) {
        if (id != null && !id.isBlank()) {
            return "%s %s: ".formatted(noun, OneLine.who(id));
        }
        String called = name.get();
        return called == null || called.isBlank() ? "" : "%s \"%s\": ".formatted(noun, OneLine.who(called));
    }
}
