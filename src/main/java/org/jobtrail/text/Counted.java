package org.jobtrail.text;

/** A number of things in words, as logs and commands tell it. */
public final class Counted {

    private Counted() {}

    /** {@code 1 job}, {@code 2 jobs}: for nouns that take an s. */
    public static String of(long count, String noun) {
        return count + " " + noun + (count == 1 ? "" : "s");
    }
}
