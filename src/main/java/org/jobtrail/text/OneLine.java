package org.jobtrail.text;

/** What a server wrote, as it may stand in a log or a receipt: nothing in it breaks the line or moves the cursor of a terminal. */
public final class OneLine {

    private static final int LONGEST_OF_WHO = 100;

    private OneLine() {}

    public static String of(String text) {
        return text.replaceAll("[\\p{Cc}\\p{Zl}\\p{Zp}]+", " ");
    }

    /** As much of an id or a name as a sentence shows. */
    public static String who(String idOrName) {
        return of(idOrName, LONGEST_OF_WHO);
    }

    /** No longer than so many characters, and in a form that PostgreSQL can store. */
    public static String of(String text, int longest) {
        String line = of(text);
        return Storable.text(line.length() <= longest ? line : line.substring(0, longest));
    }
}
