package org.jobtrail.simulator.api;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.jobtrail.simulator.http.Answer;
import org.jobtrail.simulator.http.Request;

/** The part of a list that a client asked for. Who asks for none gets the first thirty, as from the real server. */
record Page(int offset, int limit) {
    static final int USUAL = 30;
    static final int LARGEST = 10_000;

    /** Empty when offset or limit is not one that a server could serve. */
    static Optional<Page> of(Request request) {
        try {
            int offset = Integer.parseInt(request.query().getOrDefault("offset", "0"));
            int limit = Integer.parseInt(request.query().getOrDefault("limit", String.valueOf(USUAL)));
            return offset < 0 || limit < 1 || limit > LARGEST ? Optional.empty() : Optional.of(new Page(offset, limit));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    boolean isFirst() {
        return offset == 0;
    }

    Page atMost(long elements) {
        return new Page(offset, (int) Math.min(limit, elements));
    }

    /** @param shift where the elements begin, counted from the offset: 0 in a server that works */
    <T> Answer answer(String path, List<T> all, int shift, Item<T> item) {
        int begin = Math.min(offset + shift, all.size());
        int end = Math.min(begin + limit, all.size());
        return Answer.ok(json -> {
            json.writeStartObject();
            json.writeNumberField("offset", offset);
            json.writeNumberField("limit", limit);
            json.writeObjectFieldStart("_links");
            if (!isFirst()) {
                Links.write(json, "first", at(path, 0));
                Links.write(json, "prev", at(path, Math.max(0, offset - limit)));
            }
            Links.write(json, "self", at(path, offset));
            if (end < all.size()) {
                Links.write(json, "next", at(path, offset + limit));
            }
            json.writeEndObject();
            json.writeArrayFieldStart("results");
            for (T entry : all.subList(begin, end)) {
                item.write(entry, json);
            }
            json.writeEndArray();
            json.writeEndObject();
        });
    }

    private String at(String path, int start) {
        return path + "offset=" + start + "&limit=" + limit;
    }

    @FunctionalInterface
    interface Item<T> {
        void write(T item, JsonGenerator json) throws IOException;
    }
}
