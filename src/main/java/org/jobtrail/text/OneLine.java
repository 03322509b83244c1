package org.jobtrail.text;

/** What a server wrote, as it may stand in a log or a receipt: nothing in it breaks the line or moves the cursor of a terminal. */
public final class OneLine {

    private OneLine() {}

    public static String of(String text) {
        return text.replaceAll("[\\p{Cc}\\p{Zl}\\p{Zp}]+", " ");
    }

    /** No longer than so many characters, and in a form that PostgreSQL can store. */
    public static String of(String text, int longest) {
        String line = of(text);
        return Storable.text(line.length() <= longest ? line : line.substring(0, longest));
    }
}
