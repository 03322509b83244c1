package org.jobtrail.contract;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** Another value at one place of a copy. */
final class Edit {

    private static final String NOTHING = "NOTHING";

    private Edit() {}

    /** @param value JSON, or NOTHING to take away what is there; one place behind an array's last is a new element */
    static JsonNode of(JsonNode original, String pointer, String value) {
        JsonNode copy = original.deepCopy();
        var place = JsonPointer.compile(pointer);
        JsonNode parent = copy.at(place.head());
        String name = place.last().getMatchingProperty();
        if (parent instanceof ArrayNode array) {
            int index = place.last().getMatchingIndex();
            if (index == array.size()) {
                array.add(json(value));
            } else {
                array.set(index, json(value));
            }
        } else if (parent instanceof ObjectNode object && value.equals(NOTHING)) {
            if (object.remove(name) == null) {
                throw new AssertionError("nothing is at " + pointer);
            }
        } else if (parent instanceof ObjectNode object) {
            object.set(name, json(value));
        } else {
            throw new AssertionError("nothing is at " + place.head());
        }
        return copy;
    }

    private static JsonNode json(String text) {
        try {
            return new ObjectMapper().readTree(text);
        } catch (JsonProcessingException e) {
            throw new AssertionError(e);
        }
    }
}
