package org.jobtrail.fetch;

/** A login page with status 200 is no empty list. */
final class ContentType {

    private ContentType() {}

    static void requireJson(String contentType) {
        String type = contentType == null ? "" : contentType.split(";", -1)[0].strip();
        if (!type.equalsIgnoreCase("application/json")) {
            throw new UnreadableListException("the answer is %s, not application/json"
                    .formatted(type.isEmpty() ? "of no content type" : type.replaceAll("[^\\w/.+-]", "?")));
        }
    }
}
